/**
 * The command line: {@code gpu-lease list | run | watch | demo}.
 */
package io.jenkins.plugins.gpulease.engine.cli;
