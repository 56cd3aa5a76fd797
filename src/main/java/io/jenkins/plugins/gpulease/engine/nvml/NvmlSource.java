package io.jenkins.plugins.gpulease.engine.nvml;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.DeviceSource;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.Inventory.Status;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import io.jenkins.plugins.gpulease.engine.device.XidEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The devices that NVML knows.
 *
 * <p>NVML is loaded and initialised by the first {@link #scan} or {@link #read}; where that fails, each later scan tries
 * again, and readings fail until then. Calls may block as long as the driver does, whatever their thread's interrupts say.
 * Any number of threads may read while one scans.
 */
public final class NvmlSource implements DeviceSource {

    private static final Logger LOGGER = Logger.getLogger(NvmlSource.class.getName());

    /** A wait for events holds up {@link #close} no longer than this. */
    private static final long EVENT_SLICE_MILLIS = 200;

    /** Calls that take longer than this to end hang in the driver; shutting NVML down under them could crash. */
    private static final long CLOSE_PATIENCE_MILLIS = 2_000;

    private final String libraryPath;
    private final NvidiaHardware hardware;
    private final DeviceFacts facts;
    private final KnownGpus known = new KnownGpus();
    private final HealthCheck health = new HealthCheck();

    /** Read lock: a call into NVML is under way. Write lock: NVML is shut down. */
    private final ReadWriteLock use = new ReentrantReadWriteLock();

    private final Object scanning = new Object();
    private final Object opening = new Object();
    private volatile Opened opened;
    private NvmlUnavailableException failure; // guarded by opening
    private volatile boolean closed;

    /** A session, with what belongs to it. */
    private record Opened(NvmlSession session, HandleLookup lookup, XidWatch watch) {}

    /** @param libraryPath absolute path of the NVML library to use; null or blank to look where drivers put it */
    public NvmlSource(@CheckForNull String libraryPath) {
        this(libraryPath, NvidiaHardware.ofThisMachine(), Path.of("/sys/bus/pci/devices"));
    }

    NvmlSource(@CheckForNull String libraryPath, @NonNull NvidiaHardware hardware, @NonNull Path sysfsDevices) {
        this.libraryPath = libraryPath == null || libraryPath.isBlank() ? null : libraryPath.strip();
        this.hardware = hardware;
        this.facts = new DeviceFacts(sysfsDevices);
    }

    @NonNull
    @Override
    public Inventory scan() {
        synchronized (scanning) {
            use.readLock().lock();
            try {
                return new InventoryScan(open(true).session(), known, facts, health).run();
            } catch (NvmlUnavailableException e) {
                if (e.isSessionLost()) {
                    forgetSession();
                }
                return Inventory.without(e.status(), e.getMessage(), Instant.now());
            } catch (RuntimeException | LinkageError e) {
                LOGGER.log(Level.WARNING, "Looking at the GPUs failed", e);
                return Inventory.without(Status.FAILED, "NVML can't be used: " + e, Instant.now());
            } finally {
                use.readLock().unlock();
            }
        }
    }

    @NonNull
    @Override
    public Reading read(@NonNull String uuid) {
        use.readLock().lock();
        try {
            if (!NvmlDevice.isUuid(uuid) || uuid.startsWith(DeviceFacts.UNREADABLE)) {
                return Reading.failed(uuid, Instant.now(), "No device can be read by the UUID '" + uuid + "'");
            }
            return new DeviceReader(open(false).lookup(), health).read(uuid);
        } catch (NvmlUnavailableException e) {
            return Reading.failed(uuid, Instant.now(), e.getMessage());
        } catch (RuntimeException | LinkageError e) {
            LOGGER.log(Level.WARNING, e, () -> "Looking at " + uuid + " failed");
            return Reading.failed(uuid, Instant.now(), "NVML can't be used: " + e);
        } finally {
            use.readLock().unlock();
        }
    }

    /**
     * How a GPU that an earlier scan found is set up. Never throws: what goes wrong isn't known.
     *
     * @param uuid of a GPU, never of a MIG instance
     */
    @NonNull
    public GpuSettings settings(@NonNull String uuid) {
        use.readLock().lock();
        try {
            HandleLookup.Found found = open(false).lookup().byUuid(uuid);
            return found.device() == null ? GpuSettings.unknown(uuid) : GpuSettings.of(uuid, found.device());
        } catch (NvmlUnavailableException | RuntimeException | LinkageError e) {
            LOGGER.log(Level.FINE, e, () -> "Asking " + uuid + " for its settings failed");
            return GpuSettings.unknown(uuid);
        } finally {
            use.readLock().unlock();
        }
    }

    /** What NVML answered when it was last initialised, 0 if it let itself; null if it couldn't be loaded, or nobody has tried. */
    @CheckForNull
    public Integer initAnswer() {
        synchronized (opening) {
            return opened != null ? Integer.valueOf(ReturnCode.SUCCESS) : failure == null ? null : failure.code();
        }
    }

    /** The file that NVML was loaded from, links resolved; null if it wasn't loaded, or the system doesn't tell. */
    @CheckForNull
    public static Path loadedFrom() {
        return NvmlLibrary.loadedFiles().stream().findFirst().orElse(null);
    }

    @NonNull
    @Override
    public Optional<XidEvent> awaitXid(@NonNull Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        long left = patience.toMillis();
        while (left > 0 && !closed) {
            XidWatch.Outcome outcome = awaitSlice((int) Math.min(left, EVENT_SLICE_MILLIS));
            if (outcome.event() != null) {
                return Optional.of(outcome.event());
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (!outcome.able()) {
                TimeUnit.MILLISECONDS.sleep(Math.min(left, EVENT_SLICE_MILLIS));
            }
        }
        return Optional.empty();
    }

    /** Doesn't open a session: before the first scan there is no GPU to watch. */
    private XidWatch.Outcome awaitSlice(int millis) {
        use.readLock().lock();
        try {
            Opened now = opened;
            return now == null || closed ? XidWatch.Outcome.UNABLE : now.watch().await(known.healthy(), millis);
        } catch (RuntimeException | LinkageError e) {
            LOGGER.log(Level.FINE, "Waiting for Xid events failed", e);
            return XidWatch.Outcome.UNABLE;
        } finally {
            use.readLock().unlock();
        }
    }

    /**
     * The session, opened if it isn't yet; the read lock is held.
     *
     * @param again whether to try again after a failure
     */
    private Opened open(boolean again) throws NvmlUnavailableException {
        Opened now = opened;
        if (now != null && !closed) {
            return now;
        }
        synchronized (opening) {
            if (closed) {
                throw new NvmlUnavailableException(Status.FAILED, "NVML was shut down; start anew");
            }
            if (opened == null) {
                openNow(again);
            }
            return opened;
        }
    }

    private void openNow(boolean again) throws NvmlUnavailableException {
        if (failure != null && !again) {
            throw failure;
        }
        try {
            NvmlSession session = NvmlSession.open(libraryPath, hardware);
            HandleLookup lookup = new HandleLookup(session.nvml(), known);
            opened = new Opened(session, lookup, new XidWatch(session.nvml(), lookup));
            failure = null;
        } catch (NvmlUnavailableException e) {
            failure = e;
            throw e;
        }
    }

    /** Shuts NVML down, unless a call hangs in it; then that is left to the end of the process. Idempotent. */
    @Override
    public void close() {
        closed = true;
        boolean interrupted = Thread.interrupted();
        try {
            if (use.writeLock().tryLock(CLOSE_PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
                try {
                    shutDown();
                } finally {
                    use.writeLock().unlock();
                }
            } else {
                LOGGER.log(Level.FINE, "A call hangs in NVML, so it is not shut down");
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void forgetSession() {
        synchronized (opening) {
            opened = null;
        }
    }

    private void shutDown() {
        if (opened != null) {
            opened.session().close();
            opened = null;
        }
    }
}
