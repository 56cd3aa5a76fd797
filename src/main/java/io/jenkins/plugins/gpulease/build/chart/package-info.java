/**
 * Geometry of the drawings on Jenkins' pages: values in, coordinates and labels of an SVG out. Pure; colours and words are the
 * views'.
 *
 * <p>Drawings are made on the controller: no script runs for them, so a strict Content Security Policy, a printer and a screen
 * reader all get what the page says, and no plugin with a library for charts is needed.
 */
package io.jenkins.plugins.gpulease.build.chart;
