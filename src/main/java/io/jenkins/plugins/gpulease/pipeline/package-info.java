/**
 * The {@code gpu} Pipeline step: what it asks for, its execution, the environment it injects and what it writes into the log.
 */
package io.jenkins.plugins.gpulease.pipeline;
