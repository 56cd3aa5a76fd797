package io.jenkins.plugins.gpulease.engine.device;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.Serializable;

/**
 * A process that uses a device.
 *
 * @param pid process id as NVML reports it: the host's, or the caller's namespace's
 * @param command program name, shortened to 200 characters; null if the process can't be seen from here
 * @param memory device memory it uses; null if the driver can't tell
 * @param kind what it uses the device for
 */
public record GpuProcess(long pid, @CheckForNull String command, @CheckForNull MemorySize memory, @NonNull Kind kind)
        implements Serializable {

    /** What a process uses a device for. */
    public enum Kind {
        COMPUTE,
        /** A display server, say; it doesn't keep a device from being idle. */
        GRAPHICS,
        /** A client of the MPS server. */
        MPS
    }

    /** As Linux shortens its name for other users. */
    private static final String MPS_SERVER = "nvidia-cuda-mps";

    /** Whether it is the server of MPS, through which programs use the device. */
    public boolean isMpsServer() {
        return command != null && command.substring(command.lastIndexOf('/') + 1).startsWith(MPS_SERVER);
    }

    @Override
    public String toString() {
        return "pid " + pid + (command == null ? "" : " (" + command + ")") + (memory == null ? "" : " with " + memory);
    }
}
