package io.jenkins.plugins.gpulease.engine.probe;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.GpuProcess;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.usage.Attribution;
import io.jenkins.plugins.gpulease.engine.usage.LeaseMemory;
import io.jenkins.plugins.gpulease.engine.usage.ProcessLeases;
import java.util.ArrayList;
import java.util.List;

/**
 * Judges a device on which claims that share it live: their processes may be there and nobody else's. While nobody shares it yet,
 * it has to be idle.
 *
 * @param neighbours the claims that live there
 * @param newcomer on which terms one more is to come; null if only the processes count
 * @param idle what the device is judged by while there are no neighbours
 */
record SharedUse(
        @NonNull List<Claim> neighbours,
        @CheckForNull Claim.Share newcomer,
        @NonNull Cleanliness idle,
        @NonNull ProcessLeases owners)
        implements Standard {

    @Override
    @NonNull
    public Verdict judgeUse(@NonNull Reading reading, @CheckForNull MemorySize total) {
        Attribution attribution = new Attribution(reading, owners, neighbours.stream().map(Claim::lease).toList());
        Verdict use = neighbours.isEmpty() ? idle.judgeUse(reading, total) : judgeStrangers(attribution);
        return use.isClean() && newcomer != null ? judgeRoom(reading, total, attribution) : use;
    }

    private static Verdict judgeStrangers(Attribution attribution) {
        List<GpuProcess> strangers = programs(attribution.others());
        List<GpuProcess> unknown = programs(attribution.unknown());
        if (unknown.isEmpty()) {
            return strangers.isEmpty()
                    ? Verdict.CLEAN
                    : Verdict.occupied("in use by " + Cleanliness.names(strangers) + ", besides the leases that share it", strangers);
        }
        strangers.addAll(unknown);
        return Verdict.occupied("in use by " + Cleanliness.names(strangers) + "; it can't be told whether that belongs to a lease"
                + " that shares it (another user's process, or one in another container?)", strangers);
    }

    /** The server of MPS has its clients' memory on some drivers; that counts as memory, not as a stranger. */
    private static List<GpuProcess> programs(List<GpuProcess> processes) {
        return new ArrayList<>(processes.stream()
                .filter(process -> !Cleanliness.isBackground(process) && !process.isMpsServer())
                .toList());
    }

    /** What is promised counts even while it isn't used, and what is used even if it wasn't promised. */
    private Verdict judgeRoom(Reading reading, MemorySize total, Attribution attribution) {
        if (total == null) {
            return Verdict.insufficient("the driver can't tell how much memory it has, so it can't be shared");
        }
        MemorySize bound = MemorySize.ZERO;
        MemorySize explained = MemorySize.ZERO;
        for (Claim neighbour : neighbours) {
            LeaseMemory memory = attribution.of(neighbour.lease());
            MemorySize counted = max(neighbour.share().budget(), memory.atLeast());
            bound = bound.plus(counted);
            explained = explained.plus(memory.complete() ? memory.atLeast() : counted);
        }
        MemorySize free = Cleanliness.free(reading, total);
        MemorySize others = free == null ? MemorySize.ZERO : total.minus(free).minus(explained);
        MemorySize room = total.minus(bound).minus(max(newcomer.margin(), others));
        return room.isAtLeast(newcomer.budget()) ? Verdict.CLEAN : Verdict.insufficient(lack(total, bound, others, room));
    }

    private String lack(MemorySize total, MemorySize bound, MemorySize others, MemorySize room) {
        return "only " + room + " of memory left to share, and " + newcomer.budget() + " are asked for: of " + total + ", " + bound
                + " are bound by " + neighbours.size() + (neighbours.size() == 1 ? " lease" : " leases") + " that share it, " + others
                + " are in use by others, and " + newcomer.margin() + " are kept free at least";
    }

    private static MemorySize max(MemorySize one, MemorySize other) {
        return one.isAtLeast(other) ? one : other;
    }
}
