package io.jenkins.plugins.gpulease.build;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Api;
import hudson.model.BuildBadgeAction;
import hudson.model.Run;
import io.jenkins.plugins.gpulease.GpuPermissions;
import io.jenkins.plugins.gpulease.agent.NodeAcl;
import io.jenkins.plugins.gpulease.engine.lease.Custodian.Returned;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import jenkins.model.RunAction2;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.StaplerResponse2;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/**
 * The leases of a build: its page "GPU leases", its badge in lists of builds and its part of the build's REST data. Keeps the
 * newest {@value KeptLeases#MAX_LEASES}; of older ones that are returned, only their number. They are in a {@link LeaseFile}, and
 * only the fact that there is one is in the build's own.
 *
 * <p>Thread-safe. What asks for leases may read the file; what notes them doesn't.
 */
@ExportedBean
public final class GpuLeasesAction implements RunAction2, BuildBadgeAction {

    private static final Logger LOGGER = Logger.getLogger(GpuLeasesAction.class.getName());

    /** As the first version stored them; null once they are in the file. */
    @CheckForNull
    private volatile List<LeaseRecord> leases;

    /** As {@link #leases}. */
    @CheckForNull
    private volatile Integer forgotten;

    private transient volatile Run<?, ?> run;
    private transient volatile LeaseHistory history;
    private transient volatile boolean loaded;

    /** Complete from the start: readers find it before {@link #onAttached} is called. */
    GpuLeasesAction(@NonNull Run<?, ?> run) {
        this.run = run;
        history = new LeaseHistory(run, LeaseRecords.NONE, this::inFile);
    }

    /**
     * Notes that a build was granted a lease; once for each lease, whatever number of times it is called. After a restart it may
     * return before that is done.
     */
    public static void granted(@NonNull Run<?, ?> run, @NonNull StoredLease lease, @NonNull String asked) {
        GpuLeasesAction action;
        synchronized (GpuLeasesAction.class) {
            action = run.getAction(GpuLeasesAction.class);
            if (action == null) {
                action = new GpuLeasesAction(run);
                run.addAction(action);
            }
        }
        LeaseHistory history = action.history;
        LeaseRecord added = new LeaseRecord(lease, asked);
        history.change(() -> {
            if (history.add(added)) {
                LeaseListener.tellGranted(run, added.lease());
            }
        });
    }

    /**
     * Notes that a lease of a build came back; nothing happens if it wasn't noted before or came back already. After a restart it
     * may return before that is done.
     */
    public static void returned(@NonNull Run<?, ?> run, @NonNull String leaseId, @NonNull Returned returned) {
        GpuLeasesAction action = run.getAction(GpuLeasesAction.class);
        if (action == null) {
            return;
        }
        LeaseHistory history = action.history;
        Instant now = Instant.now();
        history.change(() -> {
            LeaseRecord ended = history.end(leaseId, returned, now);
            if (ended != null) {
                LeaseListener.tellReturned(run, ended.lease(), returned, now);
            }
        });
    }

    /** Ids of the leases that a build holds, as far as it knows. May read them from disk. */
    @NonNull
    static Set<String> held(@NonNull Run<?, ?> run) {
        GpuLeasesAction action = run.getAction(GpuLeasesAction.class);
        return action == null
                ? Set.of()
                : action.known().stream().filter(LeaseRecord::isHeld).map(LeaseRecord::getId).collect(Collectors.toSet());
    }

    /** Has what a build noted written down without further delay. Returns at once. */
    @Restricted(NoExternalUse.class)
    public static void saveNow(@NonNull Run<?, ?> run) {
        GpuLeasesAction action = run.getAction(GpuLeasesAction.class);
        if (action != null) {
            action.history.saveNow();
        }
    }

    private List<LeaseRecord> known() {
        return history.get().leases();
    }

    /** Oldest first. */
    @Exported(visibility = 2) // as a build's causes: in its REST data without asking for depth
    @NonNull
    public List<LeaseRecord> getLeases() {
        List<LeaseRecord> known = known();
        if (!loaded || known.stream().noneMatch(LeaseRecord::isHeld) || run.isBuilding()) {
            return known;
        }
        return known.stream().map(this::ended).toList();
    }

    /** A build that isn't running holds nothing, whatever a crash kept it from noting; when it ended is the best guess. */
    private LeaseRecord ended(LeaseRecord lease) {
        return lease.isHeld()
                ? lease.returned(BuildLeases.UNKNOWN, Instant.ofEpochMilli(run.getStartTimeInMillis() + run.getDuration()))
                : lease;
    }

    /** Number of older leases that aren't listed any more. */
    @Exported(visibility = 2)
    public int getForgotten() {
        return history.get().forgotten();
    }

    /** Whether any of the devices was not clean when it came back. */
    @Restricted(NoExternalUse.class)
    public boolean isAnythingLeft() {
        return known().stream().anyMatch(lease -> !lease.getLeftOver().isEmpty());
    }

    /** Another one whenever a lease was granted or came back, or the build ended: then the page is another one, too. */
    @Restricted(NoExternalUse.class)
    @NonNull
    public String getVersion() {
        List<LeaseRecord> known = getLeases();
        return (getForgotten() + known.size()) + "-" + known.stream().filter(LeaseRecord::isHeld).count() + "-" + run.isBuilding();
    }

    /** Whether there is more to come: for a while also after the build's end, until all devices are back. */
    @Restricted(NoExternalUse.class)
    public boolean isLive() {
        return run.isBuilding() || getLeases().stream().anyMatch(LeaseRecord::isHeld);
    }

    /** Whether the reader may end a lease. What is inside another one ends with that. */
    @Restricted(NoExternalUse.class)
    public boolean mayRelease(@NonNull LeaseRecord lease) {
        return lease.isHeld() && lease.getParentLease() == null && NodeAcl.has(lease.getNode(), GpuPermissions.MANAGE);
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
        return run;
    }

    /** What changes on the page while the build runs, for the page's script. */
    @Restricted(NoExternalUse.class)
    public void doCurrent(StaplerRequest2 request, StaplerResponse2 response) throws IOException, ServletException {
        response.setContentType("text/html;charset=UTF-8");
        response.setHeader("Cache-Control", "private, no-cache");
        request.getView(this, "leases.jelly").forward(request, response);
    }

    public Api getApi() {
        return new Api(this);
    }

    @Override
    public void onAttached(Run<?, ?> run) {} // the constructor has done it all

    @Override
    public void onLoad(Run<?, ?> run) {
        this.run = run;
        LeaseRecords old = leases == null || new LeaseFile(run).mayExist() ? null : LeaseRecords.of(leases, forgotten);
        history = new LeaseHistory(run, old, leases == null ? () -> true : this::inFile);
        loaded = true; // and no more: to ask a Pipeline here whether it runs would load it too early
    }

    /**
     * The build itself needs to be written once: it must know that it has leases, and no longer which.
     *
     * @return false if it is to be tried again
     */
    private boolean inFile() {
        leases = null;
        forgotten = null;
        BuildFolder folder = new BuildFolder(run);
        if (folder.isGone()) {
            return true;
        }
        try {
            run.save();
            folder.deleteIfAlone("build.xml");
            return true;
        } catch (IOException | RuntimeException e) {
            LOGGER.log(Level.WARNING, e, () -> "Could not save " + run.getExternalizableId() + " with its GPU leases");
            return false;
        }
    }

    @CheckForNull
    @Override
    public String getIconFileName() {
        return known().isEmpty() ? null : "symbol-gpu plugin-gpu-lease";
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
