package io.jenkins.plugins.gpulease.engine.host;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.Serializable;
import java.nio.file.Path;

/**
 * What is to be known of a machine besides its devices.
 *
 * @param mpsDaemon NVIDIA's Multi-Process Service runs there, through which programs share a GPU
 */
public record HostFacts(boolean mpsDaemon) implements Serializable {

    /** Looks at this machine. Never fails. */
    @NonNull
    public static HostFacts ofThisHost() {
        return new HostFacts(MpsDaemon.runs(System.getenv(), Path.of("/proc")));
    }
}
