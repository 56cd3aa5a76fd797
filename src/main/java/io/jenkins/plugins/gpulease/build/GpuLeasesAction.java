package io.jenkins.plugins.gpulease.build;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Api;
import hudson.model.BuildBadgeAction;
import hudson.model.Run;
import io.jenkins.plugins.gpulease.engine.lease.Custodian.Returned;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import jenkins.model.RunAction2;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/**
 * The leases of a build: its page "GPU leases", its badge in lists of builds and its part of the build's REST data. Keeps the
 * newest {@value KeptLeases#MAX_LEASES}; of older ones that are returned, only their number.
 *
 * <p>Thread-safe; the list is replaced, never changed, because the build may be written to disk at any time.
 */
@ExportedBean
public final class GpuLeasesAction implements RunAction2, BuildBadgeAction {

    private volatile List<LeaseRecord> leases = new ArrayList<>();
    private volatile int forgotten;
    private transient volatile LazySave save;
    private transient volatile boolean loaded;

    private GpuLeasesAction() {}

    /** Notes that a build was granted a lease; once for each lease, whatever number of times it is called. */
    public static void granted(@NonNull Run<?, ?> run, @NonNull StoredLease lease, @NonNull String asked) {
        GpuLeasesAction action;
        synchronized (GpuLeasesAction.class) {
            action = run.getAction(GpuLeasesAction.class);
            if (action == null) {
                action = new GpuLeasesAction();
                run.addAction(action);
            }
        }
        LeaseRecord added = new LeaseRecord(lease, asked);
        if (action.add(added)) {
            LeaseListener.tellGranted(run, added.lease());
        }
    }

    /** Notes that a lease of a build came back; nothing happens if it wasn't noted before or came back already. */
    public static void returned(@NonNull Run<?, ?> run, @NonNull String leaseId, @NonNull Returned returned) {
        GpuLeasesAction action = run.getAction(GpuLeasesAction.class);
        Instant now = Instant.now();
        Lease ended = action == null ? null : action.end(leaseId, returned, now);
        if (ended != null) {
            LeaseListener.tellReturned(run, ended, returned, now);
        }
    }

    /** Ids of the leases that a build holds, as far as it knows. */
    @NonNull
    static Set<String> held(@NonNull Run<?, ?> run) {
        GpuLeasesAction action = run.getAction(GpuLeasesAction.class);
        return action == null
                ? Set.of()
                : action.leases.stream().filter(LeaseRecord::isHeld).map(LeaseRecord::getId).collect(Collectors.toSet());
    }

    /** False if it is known already. */
    private synchronized boolean add(LeaseRecord added) {
        if (leases.stream().anyMatch(known -> known.getId().equals(added.getId()))) {
            return false;
        }
        List<LeaseRecord> all = new ArrayList<>(leases);
        all.add(added);
        List<LeaseRecord> kept = KeptLeases.newest(all);
        forgotten = forgotten + all.size() - kept.size();
        leases = kept;
        save.soon();
        return true;
    }

    /** @return the lease; null if it isn't held */
    @CheckForNull
    private synchronized Lease end(String leaseId, Returned returned, Instant now) {
        LeaseRecord held = leases.stream()
                .filter(lease -> lease.isHeld() && lease.getId().equals(leaseId))
                .findFirst()
                .orElse(null);
        if (held == null) {
            return null;
        }
        LeaseRecord ended = held.returned(returned, now);
        List<LeaseRecord> changed = new ArrayList<>(leases);
        changed.set(changed.indexOf(held), ended);
        leases = KeptLeases.withNewestCourses(changed);
        save.soon();
        return ended.lease();
    }

    /** Oldest first. */
    @Exported(visibility = 2) // as a build's causes: in its REST data without asking for depth
    @NonNull
    public List<LeaseRecord> getLeases() {
        List<LeaseRecord> known = leases;
        if (!loaded || known.stream().noneMatch(LeaseRecord::isHeld) || save.run().isBuilding()) {
            return List.copyOf(known);
        }
        return known.stream().map(this::ended).toList();
    }

    /** A build that isn't running holds nothing, whatever a crash kept it from noting; when it ended is the best guess. */
    private LeaseRecord ended(LeaseRecord lease) {
        Run<?, ?> run = save.run();
        return lease.isHeld()
                ? lease.returned(BuildLeases.UNKNOWN, Instant.ofEpochMilli(run.getStartTimeInMillis() + run.getDuration()))
                : lease;
    }

    /** Number of older leases that aren't listed any more. */
    @Exported(visibility = 2)
    public int getForgotten() {
        return forgotten;
    }

    /** Whether any of the devices was not clean when it came back. */
    @Restricted(NoExternalUse.class)
    public boolean isAnythingLeft() {
        return leases.stream().anyMatch(lease -> !lease.getLeftOver().isEmpty());
    }

    /** What the badge says; null if there is nothing to say. */
    @Restricted(NoExternalUse.class)
    @CheckForNull
    public String getBadge() {
        List<LeaseRecord> known = getLeases();
        return known.isEmpty() ? null : BuildUsage.of(known).text();
    }

    @Restricted(NoExternalUse.class)
    public Run<?, ?> getRun() {
        return save.run();
    }

    public Api getApi() {
        return new Api(this);
    }

    @Override
    public void onAttached(Run<?, ?> run) {
        save = new LazySave(run);
    }

    @Override
    public void onLoad(Run<?, ?> run) {
        save = new LazySave(run);
        loaded = true; // and no more: to ask a Pipeline here whether it runs would load it too early
    }

    /** What is on disk may be cut short. */
    private Object readResolve() {
        if (leases == null) {
            leases = new ArrayList<>();
        }
        return this;
    }

    @CheckForNull
    @Override
    public String getIconFileName() {
        return leases.isEmpty() ? null : "symbol-gpu plugin-gpu-lease";
    }

    @Override
    public String getDisplayName() {
        return Messages.GpuLeasesAction_displayName();
    }

    @Override
    public String getUrlName() {
        return "gpu-leases";
    }
}
