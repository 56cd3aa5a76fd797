package io.jenkins.plugins.gpulease.build;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Api;
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
 * The leases of a build: its page "GPU leases" and its part of the build's REST data. Keeps the newest {@value #MAX_LEASES};
 * of older ones that are returned, only their number.
 *
 * <p>Thread-safe; the list is replaced, never changed, because the build may be written to disk at any time.
 */
@ExportedBean
public final class GpuLeasesAction implements RunAction2 {

    /** Pipeline writes the whole build, and so these, to disk at every step. */
    static final int MAX_LEASES = 100;

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
        action.add(new LeaseRecord(lease, asked));
    }

    /** Notes that a lease of a build came back; nothing happens if it wasn't noted before or came back already. */
    public static void returned(@NonNull Run<?, ?> run, @NonNull String leaseId, @NonNull Returned returned) {
        GpuLeasesAction action = run.getAction(GpuLeasesAction.class);
        Lease ended = action == null ? null : action.end(leaseId, returned);
        if (ended != null) {
            LeaseListener.tellAll(run, ended, returned, Instant.now());
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

    private synchronized void add(LeaseRecord added) {
        if (leases.stream().anyMatch(known -> known.getId().equals(added.getId()))) {
            return;
        }
        List<LeaseRecord> changed = new ArrayList<>(leases);
        changed.add(added);
        int dropped = 0;
        for (int i = 0; changed.size() > MAX_LEASES && i < changed.size(); ) {
            if (changed.get(i).isHeld()) {
                i++;
            } else {
                changed.remove(i);
                dropped++;
            }
        }
        leases = changed;
        forgotten = forgotten + dropped;
        save.soon();
    }

    /** @return the lease; null if it isn't held */
    @CheckForNull
    private synchronized Lease end(String leaseId, Returned returned) {
        Lease ended = leases.stream()
                .filter(known -> known.isHeld() && known.getId().equals(leaseId))
                .map(LeaseRecord::lease)
                .findFirst()
                .orElse(null);
        List<LeaseRecord> changed = new ArrayList<>(leases);
        changed.replaceAll(known -> known.isHeld() && known.getId().equals(leaseId)
                ? known.returned(returned, Instant.now())
                : known);
        leases = changed;
        save.soon();
        return ended;
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
