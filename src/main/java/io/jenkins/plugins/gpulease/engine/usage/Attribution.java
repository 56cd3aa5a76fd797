package io.jenkins.plugins.gpulease.engine.usage;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.GpuProcess;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What each of the leases that share a device uses of it, by the processes of one reading. */
public final class Attribution {

    private final Reading reading;
    private final Map<String, List<GpuProcess>> byLease = new LinkedHashMap<>();
    private final List<GpuProcess> others = new ArrayList<>();
    private final List<GpuProcess> unknown = new ArrayList<>();

    /**
     * Asks each process on the device for its leases.
     *
     * @param leases ids of those that share the device
     */
    public Attribution(@NonNull Reading reading, @NonNull ProcessLeases owners, @NonNull Collection<String> leases) {
        this.reading = reading;
        for (GpuProcess process : reading.processes()) {
            ProcessOwner owner = owners.of(process.pid());
            owner.among(leases).ifPresentOrElse(
                    lease -> byLease.computeIfAbsent(lease, id -> new ArrayList<>()).add(process),
                    () -> (owner.isUnknown() ? unknown : others).add(process));
        }
    }

    @NonNull
    public LeaseMemory of(@NonNull String lease) {
        return LeaseMemory.of(byLease.getOrDefault(lease, List.of()));
    }

    /** Processes that belong to none of the leases. */
    @NonNull
    public List<GpuProcess> others() {
        return List.copyOf(others);
    }

    /** Processes of which nobody can tell whether they belong to one of the leases. */
    @NonNull
    public List<GpuProcess> unknown() {
        return List.copyOf(unknown);
    }

    /**
     * The part of the reading that is one lease's: its memory, which is unknown unless all processes on the device tell whose
     * they are and how much they use. What the device does as a whole (utilization, power) is nobody's alone, so it is left out.
     */
    @NonNull
    public Reading readingOf(@NonNull String lease) {
        LeaseMemory memory = of(lease);
        boolean known = reading.health().isOk() && memory.complete() && unknown.stream().allMatch(Attribution::isNoProgram);
        MemorySize used = known ? memory.atLeast() : null;
        return new Reading(reading.uuid(), reading.takenAt(), used, null, false, null, null, null, null, List.of(),
                memory.processes(), reading.health());
    }

    private static boolean isNoProgram(GpuProcess process) {
        return process.kind() == GpuProcess.Kind.GRAPHICS || process.isMpsServer();
    }
}
