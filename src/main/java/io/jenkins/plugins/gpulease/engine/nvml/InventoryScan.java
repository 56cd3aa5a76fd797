package io.jenkins.plugins.gpulease.engine.nvml;

import static io.jenkins.plugins.gpulease.engine.nvml.ReturnCode.INVALID_ARGUMENT;
import static io.jenkins.plugins.gpulease.engine.nvml.ReturnCode.NOT_FOUND;
import static io.jenkins.plugins.gpulease.engine.nvml.ReturnCode.SUCCESS;
import static io.jenkins.plugins.gpulease.engine.nvml.ReturnCode.UNINITIALIZED;

import com.sun.jna.ptr.IntByReference;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Health;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.Inventory.Status;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * One look at all GPUs. A GPU that doesn't answer doesn't hide the others: if an earlier scan knew it, it is reported as it
 * was known, but sick; otherwise with a stand-in for its UUID, {@code unreadable-<index>}, so that somebody sees that a GPU
 * is missing. Used once, by one thread.
 */
final class InventoryScan {

    private static final Logger LOGGER = Logger.getLogger(InventoryScan.class.getName());

    /** More in one machine is not plausible. */
    static final int MOST_GPUS = 64;

    private final NvmlSession session;
    private final KnownGpus known;
    private final DeviceFacts facts;
    private final HealthCheck health;
    private final HandleLookup lookup;
    private final List<ScannedGpu> found = new ArrayList<>();
    private final List<Device> unreadable = new ArrayList<>();

    InventoryScan(
            @NonNull NvmlSession session, @NonNull KnownGpus known, @NonNull DeviceFacts facts, @NonNull HealthCheck health) {
        this.session = session;
        this.known = known;
        this.facts = facts;
        this.health = health;
        this.lookup = new HandleLookup(session.nvml(), known);
    }

    /** @throws NvmlUnavailableException if the GPUs can't even be counted */
    @NonNull
    Inventory run() throws NvmlUnavailableException {
        Instant now = Instant.now();
        int count = countGpus();
        for (int index = 0; index < count; index++) {
            lookAt(index);
        }
        known.all().stream().filter(gpu -> !isFound(gpu.gpu().uuid())).forEach(this::lookForMissing);
        unreadable.forEach(device -> found.add(new ScannedGpu(device, List.of(), null)));
        found.sort(Comparator.comparing((ScannedGpu gpu) -> gpu.gpu().pciBusId()).thenComparing(gpu -> gpu.gpu().index()));
        known.replace(found.stream().filter(gpu -> !gpu.gpu().uuid().startsWith(DeviceFacts.UNREADABLE)).toList());
        return found.isEmpty() ? empty(now) : inventory(now);
    }

    private Inventory inventory(Instant now) {
        return new Inventory(Status.OK, null, found.stream().flatMap(ScannedGpu::devices).toList(), TopologyReader.of(found),
                session.driverVersion(), session.cudaVersion(), now);
    }

    private Inventory empty(Instant now) {
        return new Inventory(
                Status.EMPTY,
                "The NVIDIA driver runs but shows no GPU: check that one is plugged in ('nvidia-smi -L'), or, in a container or"
                        + " virtual machine, that one was passed in (such as 'docker run --gpus all').",
                List.of(), TopologyReader.of(List.of()), session.driverVersion(), session.cudaVersion(), now);
    }

    private int countGpus() throws NvmlUnavailableException {
        IntByReference count = new IntByReference();
        int code = session.nvml().nvmlDeviceGetCount_v2(count);
        if (code != SUCCESS) {
            String problem = "The GPUs can't be counted: " + ReturnCode.describe(code)
                    + ". Run 'nvidia-smi' on the machine; where it fails too, reboot.";
            throw code == UNINITIALIZED
                    ? NvmlUnavailableException.sessionLost(problem)
                    : new NvmlUnavailableException(Status.FAILED, problem);
        }
        if (count.getValue() > MOST_GPUS) {
            LOGGER.log(Level.WARNING, "The driver claims {0} GPUs; looking at {1}", new Object[] {count.getValue(), MOST_GPUS});
        }
        return Math.max(0, Math.min(count.getValue(), MOST_GPUS));
    }

    private void lookAt(int index) {
        HandleLookup.Found handle = lookup.byIndex(index);
        if (handle.device() == null) {
            unreadable.add(DeviceFacts.unreadable(index, PciBusId.UNKNOWN, HealthCheck.lossProblem(handle.code())));
            return;
        }
        String uuid = handle.device().uuid();
        if (uuid == null || isFound(uuid)) {
            unreadable.add(DeviceFacts.unreadable(index, handle.device().pciBusId(), identityProblem(handle.device(), uuid)));
            return;
        }
        found.add(describe(handle.device(), index, uuid));
    }

    private static String identityProblem(NvmlDevice device, String uuid) {
        String loss = HealthCheck.lossProblem(device.fatal());
        if (loss != null) {
            return loss;
        }
        return uuid == null
                ? "The GPU tells no UUID, or none that has its form; update the NVIDIA driver or reboot the machine"
                : "The GPU tells the UUID " + uuid + ", which is another GPU's; update the NVIDIA driver or reboot the machine";
    }

    private ScannedGpu describe(NvmlDevice device, int index, String uuid) {
        Device gpu = facts.of(device, index, uuid);
        Health state = health.of(device);
        gpu = gpu.withHealth(state);
        return new ScannedGpu(gpu, gpu.migEnabled() ? MigInstances.of(device, gpu) : List.of(), device);
    }

    private boolean isFound(String uuid) {
        return found.stream().anyMatch(gpu -> gpu.gpu().uuid().equals(uuid));
    }

    /** Asks for a GPU that no index led to at its PCI bus id: it may answer there, be lost, or be gone for good. */
    private void lookForMissing(ScannedGpu missing) {
        String uuid = missing.gpu().uuid();
        HandleLookup.Found handle = lookup.byPciBusId(missing.gpu().pciBusId());
        String answered = handle.device() == null ? null : handle.device().uuid();
        boolean removed = handle.code() == NOT_FOUND || handle.code() == INVALID_ARGUMENT;
        if (uuid.equals(answered)) {
            forgetUnreadable(missing);
            found.add(describe(handle.device(), missing.gpu().index(), uuid));
        } else if (answered == null && (!removed || !unreadable.isEmpty())) {
            int code = handle.device() == null ? handle.code() : handle.device().fatal();
            Device trace = forgetUnreadable(missing);
            String problem = HealthCheck.lossProblem(removed ? SUCCESS : code);
            found.add(missing.lost(problem != null ? problem : traceProblem(trace)));
        }
    }

    private static String traceProblem(Device trace) {
        return trace == null ? HealthCheck.lossProblem(ReturnCode.GPU_IS_LOST) : trace.health().problem();
    }

    /** Takes out the stand-in for a GPU that is known by now: the one at its address, else at its index, else any. */
    private Device forgetUnreadable(ScannedGpu missing) {
        Device gpu = missing.gpu();
        Device stand = unreadable.stream()
                .max(Comparator.comparing((Device device) -> device.pciBusId().equals(gpu.pciBusId()))
                        .thenComparing(device -> device.index() == gpu.index()))
                .orElse(null);
        unreadable.remove(stand);
        return stand;
    }
}
