/**
 * The command line: {@code gpu-lease list | run | watch | demo | doctor}. Each command is a bean whose options args4j fills in; it runs
 * in a process of its own, on the main thread, and ends with an exit code. Nobody calls this package.
 */
package io.jenkins.plugins.gpulease.engine.cli;
