package io.jenkins.plugins.gpulease.engine.probe;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.XidEvent;
import java.io.Serializable;
import java.util.List;

/**
 * A call on its way to the probe's process.
 *
 * @param faults what is known of its GPUs, perhaps from a process before it
 */
record Request(long id, @NonNull Call<?> call, @NonNull List<XidEvent> faults) implements Serializable {

    Request {
        faults = List.copyOf(faults);
    }
}
