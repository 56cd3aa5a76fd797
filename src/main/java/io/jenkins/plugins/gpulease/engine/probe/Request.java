package io.jenkins.plugins.gpulease.engine.probe;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.Serializable;

/** A call on its way to the probe's process. */
record Request(long id, @NonNull Call<?> call) implements Serializable {}
