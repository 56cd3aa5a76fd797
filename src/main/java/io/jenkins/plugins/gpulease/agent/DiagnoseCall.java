package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.doctor.Doctor;
import io.jenkins.plugins.gpulease.engine.doctor.Finding;
import io.jenkins.plugins.gpulease.engine.probe.ProbeException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jenkins.security.MasterToSlaveCallable;

/**
 * Looks for what keeps GPUs from being seen on a node. Runs in the agent's JVM, which reads files only: the driver is asked in a
 * process of its own, so neither the agent nor the probe that runs there is touched by a driver that hangs.
 */
final class DiagnoseCall extends MasterToSlaveCallable<ArrayList<Finding>, IOException> {

    private static final long serialVersionUID = 1L;

    private final ArrayList<String> classPath;

    @CheckForNull
    private final String libraryPath;

    /**
     * @param classPath of that process, as paths on the node; empty if nothing there points to NVIDIA, so that none is started
     * @param libraryPath of NVML; null for the usual places
     */
    DiagnoseCall(@NonNull List<String> classPath, @CheckForNull String libraryPath) {
        this.classPath = new ArrayList<>(classPath);
        this.libraryPath = libraryPath;
    }

    @Override
    public ArrayList<Finding> call() throws IOException {
        try {
            Path library = libraryPath == null ? null : Path.of(libraryPath);
            return new ArrayList<>(Doctor.examineThisMachine(classPath.stream().map(Path::of).toList(), library, null));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ProbeException("The diagnosis was interrupted", e);
        } catch (LinkageError e) { // an Error would close the channel
            throw new ProbeException("The agent can't diagnose itself: " + e, e);
        }
    }
}
