package io.jenkins.plugins.gpulease.engine.probe;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.XidEvent;
import java.io.Serializable;
import java.util.List;

/**
 * An answer on its way from the probe's process.
 *
 * @param id the request's
 * @param answer a serializable one; null if there is a problem
 * @param problem for people; null if there is an answer
 * @param faults of the GPUs so far
 */
record Reply(long id, @CheckForNull Object answer, @CheckForNull String problem, @NonNull List<XidEvent> faults)
        implements Serializable {

    Reply {
        faults = List.copyOf(faults);
    }
}
