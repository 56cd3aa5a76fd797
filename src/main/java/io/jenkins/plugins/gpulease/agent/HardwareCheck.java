package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.gpulease.engine.nvml.NvidiaHardware;
import java.io.IOException;
import jenkins.security.MasterToSlaveCallable;

/** Whether looking for GPUs is worth it, told without starting or loading anything. Runs in the agent's JVM. */
final class HardwareCheck extends MasterToSlaveCallable<Boolean, IOException> {

    private static final long serialVersionUID = 1L;

    @CheckForNull
    private final String libraryPath;

    HardwareCheck(@CheckForNull String libraryPath) {
        this.libraryPath = libraryPath;
    }

    @Override
    public Boolean call() throws IOException {
        try {
            return NvidiaHardware.ofThisMachine().isWorthProbing(libraryPath);
        } catch (LinkageError e) { // an Error would close the channel
            throw new IOException("The agent can't look for NVIDIA hardware: " + e, e);
        }
    }
}
