package io.jenkins.plugins.gpulease.build;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Run;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.engine.lease.Custodian.Returned;
import io.jenkins.plugins.gpulease.engine.lease.Holder;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.lease.LeaseFailure;
import io.jenkins.plugins.gpulease.engine.lease.LeaseTable;
import io.jenkins.plugins.gpulease.engine.lease.NodeView;
import io.jenkins.plugins.gpulease.engine.lease.WaiterView;
import io.jenkins.plugins.gpulease.engine.usage.LeaseUsage;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/** What the table of leases has for one build, and the end of it all when the build ends. */
public final class BuildLeases {

    /** Nothing is known of what came back. */
    public static final Returned UNKNOWN = new Returned(Map.of(), LeaseUsage.UNKNOWN);

    private static final int MAX_RETURN_SECONDS = 120;
    private static final Logger LOGGER = Logger.getLogger(BuildLeases.class.getName());

    private BuildLeases() {}

    /** Ids of the leases and of the waiting requests of a build. */
    @NonNull
    public static Set<String> of(@NonNull Run<?, ?> run) {
        String runId = run.getExternalizableId();
        Set<String> ids = new LinkedHashSet<>(GpuLeasesAction.held(run)); // knows its own even if it was renamed since
        for (NodeView node : GpuLeases.get().table().views()) {
            node.leases().stream().filter(lease -> isOf(runId, lease.holder())).map(Lease::id).forEach(ids::add);
            node.waiters().stream().map(WaiterView::request).filter(request -> isOf(runId, request.holder()))
                    .forEach(request -> ids.add(request.id()));
        }
        GpuLeases.get().table().floating().stream().map(WaiterView::request).filter(request -> isOf(runId, request.holder()))
                .forEach(request -> ids.add(request.id()));
        return ids;
    }

    private static boolean isOf(String runId, Holder holder) {
        return BuildHolder.runId(holder).equals(runId);
    }

    /**
     * Ends a lease, whatever the agent does: it is gone when this returns.
     *
     * @return what came back, once the custodian has looked; it has deadlines of its own, and the one here only keeps a build from
     *     waiting for a broken one for ever. Never fails
     */
    @NonNull
    public static CompletableFuture<Returned> release(@NonNull String leaseId) {
        return GpuLeases.get().table().release(leaseId)
                .thenApply(returned -> returned) // a future of our own, for our own deadline
                .toCompletableFuture()
                .orTimeout(MAX_RETURN_SECONDS, TimeUnit.SECONDS)
                .exceptionally(failure -> UNKNOWN);
    }

    /** Ends whatever a build still holds or waits for. Returns at once; idempotent. */
    public static void end(@NonNull Run<?, ?> run) {
        for (String id : of(run)) {
            LOGGER.log(Level.FINE, "{0} has ended with GPU lease or request {1}", new Object[] {run.getExternalizableId(), id});
            end(id, run);
        }
        BuildHolder.forget(run);
    }

    /** Whether a build notes a lease as its own, whatever its job is called by now. */
    public static boolean holds(@NonNull Run<?, ?> run, @NonNull String leaseId) {
        return GpuLeasesAction.held(run).contains(leaseId);
    }

    /** Ends a lease or a request that no block stands for any more. Returns at once; idempotent. */
    public static void end(@NonNull String id, @NonNull Holder holder) {
        Run<?, ?> run = null;
        try {
            run = BuildHolder.run(holder);
        } catch (Throwable e) { // a build that can't be loaded keeps no lease
            LOGGER.log(Level.WARNING, e, () -> "Could not load the build of GPU lease " + id + ", which does not note how it ended");
        }
        end(id, run);
    }

    private static void end(String id, @CheckForNull Run<?, ?> run) {
        LeaseTable table = GpuLeases.get().table();
        table.abandon(id, new LeaseFailure(LeaseFailure.Kind.HOLDER_ENDED, Messages.BuildLeases_holderEnded()));
        table.release(id).thenAccept(returned -> {
            if (run != null) {
                GpuLeasesAction.returned(run, id, returned);
            }
        });
    }
}
