package io.jenkins.plugins.gpulease.engine.device;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.Serializable;

/**
 * Whether a device is fit for work.
 *
 * @param problem why it is not, for people; null if it is
 */
public record Health(@CheckForNull String problem) implements Serializable {

    public static final Health OK = new Health(null);

    /** Continues a sentence on what is wrong. As long as a probe has a GPU open, the driver refuses to reset it. */
    public static final String RESET = "disconnect the agent (or stop gpu-lease), reset the GPU ('sudo nvidia-smi -r') or reboot the"
            + " machine, and connect the agent again";

    @NonNull
    public static Health sick(@NonNull String problem) {
        return new Health(problem);
    }

    public boolean isOk() {
        return problem == null;
    }

    @Override
    public String toString() {
        return problem == null ? "ok" : problem;
    }
}
