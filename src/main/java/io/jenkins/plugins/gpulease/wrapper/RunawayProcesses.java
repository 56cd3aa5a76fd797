package io.jenkins.plugins.gpulease.wrapper;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.EnvVars;
import hudson.Launcher;
import hudson.model.AbstractBuild;
import hudson.model.Computer;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Processes that the steps of a build have left running. Jenkins ends them, too, but only after the lease has ended, whose GPUs
 * would go into quarantine because of them.
 */
final class RunawayProcesses {

    private static final Logger LOGGER = Logger.getLogger(RunawayProcesses.class.getName());

    /** A lease ends whatever the agent does. */
    private static final int PATIENCE_SECONDS = 10;

    private RunawayProcesses() {}

    /** Ends those with the build's lease that Jenkins would end, so none that a build has set free of it; what fails is left. */
    static void kill(@NonNull AbstractBuild<?, ?> build, @NonNull String leaseId, @NonNull Launcher launcher)
            throws InterruptedException {
        EnvVars marks = build.getCharacteristicEnvVars();
        marks.put("GPU_LEASE_ID", leaseId);
        Future<?> killing = Computer.threadPoolForRemoting.submit(() -> {
            launcher.kill(marks);
            return null;
        });
        try {
            killing.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOGGER.log(Level.FINE, e, () -> "Could not end what is left of " + build.getExternalizableId());
        } finally {
            killing.cancel(true); // also if the build is stopped meanwhile
        }
    }
}
