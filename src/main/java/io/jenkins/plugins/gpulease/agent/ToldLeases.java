package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.lease.LeaseTable;
import io.jenkins.plugins.gpulease.engine.lease.NodeView;
import io.jenkins.plugins.gpulease.engine.probe.Claim;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Which leases a node's probe knows of. It learns of the others, which another probe handed out or which were taken up after a
 * restart, so that it locks and samples their devices. Thread-safe.
 */
final class ToldLeases {

    private static final Logger LOGGER = Logger.getLogger(ToldLeases.class.getName());

    private final String node;
    private final LeaseTable table;
    private final Executor executor;
    private final Set<String> ids = ConcurrentHashMap.newKeySet();

    /** Of these it was said that not all is well with them. */
    private final Set<String> complained = ConcurrentHashMap.newKeySet();

    ToldLeases(@NonNull String node, @NonNull LeaseTable table, @NonNull Executor executor) {
        this.node = node;
        this.table = table;
        this.executor = executor;
    }

    /** The probe has handed it out. */
    void add(@NonNull String lease) {
        ids.add(lease);
    }

    void remove(@NonNull String lease) {
        ids.remove(lease);
        complained.remove(lease);
    }

    /** Another probe knows nothing. */
    void clear() {
        ids.clear();
        complained.clear();
    }

    /** Tells the probe of all leases of the node that it doesn't know of. Never fails: what can't be told now stays to be told. */
    @NonNull
    CompletableFuture<Void> tellRest() {
        List<Lease> leases = table.view(node).map(NodeView::leases).orElse(List.of());
        return CompletableFuture.allOf(leases.stream()
                .filter(lease -> ids.add(lease.id()))
                .map(this::tell)
                .toArray(CompletableFuture[]::new));
    }

    private CompletableFuture<Void> tell(Lease lease) {
        Claim claim = LeaseClaim.of(lease);
        return AgentCalls.ask(node, new ProbeCall.Adopt(node, claim), AgentCalls.DEADLINE, answer(lease), executor)
                .thenAccept(verdicts -> told(lease, claim, verdicts))
                .exceptionally(e -> {
                    ids.remove(lease.id());
                    LOGGER.log(Level.FINE, e, () -> "The probe of " + node + " can't be told of lease " + lease.id() + " now");
                    takeBackIfEnded(lease, claim); // the probe may have taken it up all the same
                    return null;
                })
                .toCompletableFuture();
    }

    private static Function<Map<String, Verdict>, Map<String, Verdict>> answer(Lease lease) {
        return reported -> ReportedVerdicts.accept(reported, lease.uuids());
    }

    /** A device that another holder has locked, say, is told again at the next watch: its lock may have become free. */
    private void told(Lease lease, Claim claim, Map<String, Verdict> verdicts) {
        if (!verdicts.values().stream().allMatch(Verdict::isClean)) {
            ids.remove(lease.id());
            Level level = complained.add(lease.id()) ? Level.WARNING : Level.FINE;
            verdicts.forEach((uuid, verdict) -> complain(level, lease, uuid, verdict));
        }
        takeBackIfEnded(lease, claim);
    }

    private void complain(Level level, Lease lease, String uuid, Verdict verdict) {
        if (!verdict.isClean()) {
            LOGGER.log(level, "{0} of lease {1} on {2}: {3}", new Object[] {uuid, lease.id(), node, verdict.reason()});
        }
    }

    /** It may have ended before the probe knew of it. As long as it lives, its end takes back every claim of it. */
    private void takeBackIfEnded(Lease lease, Claim claim) {
        if (table.lease(lease.id()).isEmpty()) {
            remove(lease.id());
            AgentCalls.ask(node, new ProbeCall.TakeBack(node, claim), AgentCalls.DEADLINE, answer -> answer, executor);
        }
    }
}
