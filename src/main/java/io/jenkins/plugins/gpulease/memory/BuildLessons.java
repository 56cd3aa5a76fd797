package io.jenkins.plugins.gpulease.memory;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.InvisibleAction;
import hudson.model.Run;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.lease.Custodian.Returned;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.usage.DeviceUsage;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What the blocks of a build used so far: stored with the build, and so kept over a restart; it teaches if the build succeeds.
 *
 * <p>Thread-safe; the maps are replaced, never changed, because the build may be written to disk at any time.
 */
public final class BuildLessons extends InvisibleAction {

    /** Of leases that are held; more blocks at a time teach under no name. */
    static final int MAX_HELD = 200;

    private volatile Map<String, String> blocks = new LinkedHashMap<>();
    private volatile Map<String, BlockPeak> peaks = new LinkedHashMap<>();

    private BuildLessons() {}

    @NonNull
    private static BuildLessons of(Run<?, ?> run) {
        synchronized (BuildLessons.class) {
            BuildLessons lessons = run.getAction(BuildLessons.class);
            if (lessons == null) {
                lessons = new BuildLessons();
                run.addAction(lessons);
            }
            return lessons;
        }
    }

    /** Notes which block has a lease. Of a lease of which nobody says so, the build as a whole is the block. */
    public static void granted(@NonNull Run<?, ?> run, @NonNull String leaseId, @NonNull String block) {
        of(run).hold(leaseId, block);
    }

    /** Notes what a lease used, as far as anybody could tell. */
    static void returned(@NonNull Run<?, ?> run, @NonNull Lease lease, @NonNull Returned returned) {
        of(run).end(lease.id(), peak(run.getNumber(), lease, returned));
    }

    private static Optional<BlockPeak> peak(int build, Lease lease, Returned returned) {
        Optional<MemorySize> total = lease.devices().stream()
                .map(Device::memory)
                .filter(Objects::nonNull)
                .max(Comparator.naturalOrder());
        return returned.usage().devices().stream()
                .map(DeviceUsage::peakMemory)
                .filter(Objects::nonNull)
                .max(Comparator.naturalOrder())
                .map(peak -> new BlockPeak(build, peak.bytes(), total.map(MemorySize::bytes).orElse(null)))
                .filter(peak -> peak.lesson().isPresent());
    }

    private synchronized void hold(String leaseId, String block) {
        if (!block.isEmpty() && blocks.size() < MAX_HELD) {
            Map<String, String> changed = new LinkedHashMap<>(blocks);
            changed.put(leaseId, block);
            blocks = changed;
        }
    }

    private synchronized void end(String leaseId, Optional<BlockPeak> peak) {
        Map<String, String> changed = new LinkedHashMap<>(blocks);
        String block = changed.remove(leaseId);
        blocks = changed;
        String name = block == null ? "" : block;
        if (peak.isPresent() && (peaks.containsKey(name) || peaks.size() < JobMemory.MAX_BLOCKS)) {
            Map<String, BlockPeak> more = new LinkedHashMap<>(peaks);
            more.merge(name, peak.get(), BlockPeak::and);
            peaks = more;
        }
    }

    /** What the build used, by block; empty if it had no GPUs. */
    @NonNull
    static Map<String, BlockPeak> peaks(@NonNull Run<?, ?> run) {
        BuildLessons lessons = run.getAction(BuildLessons.class);
        return lessons == null ? Map.of() : lessons.peaks;
    }

    /** What is on disk may be cut short. */
    private Object readResolve() {
        blocks = orEmpty(blocks);
        peaks = orEmpty(peaks);
        return this;
    }

    private static <T> Map<String, T> orEmpty(@CheckForNull Map<String, T> map) {
        return map == null ? new LinkedHashMap<>() : map;
    }
}
