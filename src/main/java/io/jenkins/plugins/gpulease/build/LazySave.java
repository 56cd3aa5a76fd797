package io.jenkins.plugins.gpulease.build;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Run;
import io.jenkins.plugins.gpulease.GpuLeases;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.util.Timer;

/**
 * Writes a build to disk soon after it changed, at most once in {@value #SECONDS_BETWEEN} seconds, so that a build with a
 * thousand leases isn't written two thousand times. What a crash loses is a line of history, never a lease.
 */
final class LazySave {

    private static final int SECONDS_BETWEEN = 10;
    private static final Logger LOGGER = Logger.getLogger(LazySave.class.getName());

    private final Run<?, ?> run;
    private boolean planned;

    LazySave(@NonNull Run<?, ?> run) {
        this.run = run;
    }

    @NonNull
    Run<?, ?> run() {
        return run;
    }

    /** Returns at once. */
    synchronized void soon() {
        if (!planned) {
            planned = true;
            Timer.get().schedule(() -> GpuLeases.get().executor().execute(this::save), SECONDS_BETWEEN, TimeUnit.SECONDS);
        }
    }

    private void save() {
        synchronized (this) {
            planned = false;
        }
        if (!run.getRootDir().isDirectory()) {
            return; // deleted meanwhile; writing would bring its folder back
        }
        try {
            run.save();
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, e, () -> "Could not save the GPU leases of " + run.getExternalizableId());
        }
    }
}
