package io.jenkins.plugins.gpulease.engine.probe;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.Serializable;

/**
 * An answer on its way from the probe's process.
 *
 * @param id the request's
 * @param answer a serializable one; null if there is a problem
 * @param problem for people; null if there is an answer
 */
record Reply(long id, @CheckForNull Object answer, @CheckForNull String problem) implements Serializable {}
