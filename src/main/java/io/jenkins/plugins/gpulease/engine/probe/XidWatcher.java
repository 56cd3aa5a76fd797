package io.jenkins.plugins.gpulease.engine.probe;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.DeviceSource;
import java.io.Closeable;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Waits for errors that the driver reports, on a thread of its own. */
final class XidWatcher implements Closeable {

    private static final Logger LOGGER = Logger.getLogger(XidWatcher.class.getName());

    /** A wait within the driver can't be interrupted, so this is how long an end may take. */
    private static final Duration SLICE = Duration.ofSeconds(2);

    private final DeviceSource source;
    private final EventLog log;
    private final Thread thread;
    private boolean startedOrClosed;

    XidWatcher(@NonNull DeviceSource source, @NonNull EventLog log) {
        this.source = source;
        this.log = log;
        this.thread = new Thread(this::watch, "gpu-lease Xid watcher");
        thread.setDaemon(true);
    }

    /** Does nothing if it was started or closed before. */
    synchronized void start() {
        if (!startedOrClosed) {
            startedOrClosed = true;
            thread.start();
        }
    }

    private void watch() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                watchOnce();
            }
        } catch (InterruptedException e) {
            LOGGER.log(Level.FINEST, "No longer watching for driver errors", e);
        }
    }

    private void watchOnce() throws InterruptedException {
        try {
            source.awaitXid(SLICE).ifPresent(log::add);
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, e, () -> "Can't watch for driver errors; trying again in " + SLICE.toSeconds() + " s");
            Thread.sleep(SLICE.toMillis());
        }
    }

    /** Waits until the watch has ended, so that the source can be closed. */
    @Override
    public void close() {
        synchronized (this) {
            startedOrClosed = true;
        }
        thread.interrupt();
        try {
            thread.join(2 * SLICE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
