/**
 * The report on the fleet: what {@code engine/report} adds up is told of changes and ends of leases here, stored beside Jenkins'
 * configuration, and shown, with the names of those jobs only that the reader may see. Files are written by periodic work and at
 * shutdown, never by who tells.
 */
package io.jenkins.plugins.gpulease.report;
