package io.jenkins.plugins.gpulease.build;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.init.InitMilestone;
import hudson.init.Initializer;
import hudson.model.Queue;
import hudson.model.Run;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.gpulease.engine.lease.Holder;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * What a build's leases say about who holds them: the build's external id and, behind a slash, the lease's id. The job may be renamed
 * meanwhile, and another one get its name; so the builds that have asked since the start of Jenkins are known by their leases' ids.
 */
public final class BuildHolder {

    private static final Map<String, WeakReference<Run<?, ?>>> BUILDS = new ConcurrentHashMap<>();

    /** What the external id begins with as long as there is no build yet; the id of the item of the build queue follows. */
    public static final String QUEUED = "queue:";

    private BuildHolder() {}

    /**
     * The holder of one lease of a build.
     *
     * @param branch the parallel branch, for people; null if there is none
     */
    @NonNull
    public static Holder of(@NonNull Run<?, ?> run, @CheckForNull String branch, @NonNull String leaseId) {
        found(run, leaseId);
        String name = run.getFullDisplayName();
        return new Holder(run.getExternalizableId() + "/" + leaseId, branch == null ? name : name + " (" + branch + ")");
    }

    /** The holder as long as there is no build yet but an item of the build queue. No job can be called so. */
    @NonNull
    public static Holder of(@NonNull Queue.Item item, @NonNull String leaseId) {
        return new Holder(QUEUED + item.getId() + "/" + leaseId, item.task.getFullDisplayName());
    }

    /**
     * The external id, by its job's name of now, of the build that holds, or held, under this holder; the whole id if no build made
     * it.
     */
    @NonNull
    public static String runId(@NonNull Holder holder) {
        Run<?, ?> known = known(holder);
        int slash = holder.id().lastIndexOf('/'); // folders have slashes, too, but they come first
        return known != null ? known.getExternalizableId() : slash < 0 ? holder.id() : holder.id().substring(0, slash);
    }

    /** The build that holds, or held, under this holder; null if it is gone, or there is none yet. May load it. */
    @CheckForNull
    public static Run<?, ?> run(@NonNull Holder holder) {
        Run<?, ?> known = known(holder);
        if (known != null) {
            return known;
        }
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            return Run.fromExternalizableId(runId(holder));
        } catch (IllegalArgumentException e) {
            return null; // its job is gone, or it is no build
        }
    }

    @CheckForNull
    private static Run<?, ?> known(Holder holder) {
        WeakReference<Run<?, ?>> known = BUILDS.get(holder.id().substring(holder.id().lastIndexOf('/') + 1));
        return known == null ? null : known.get();
    }

    /** A lease of before a restart turned out to be this build's. */
    public static void found(@NonNull Run<?, ?> run, @NonNull String leaseId) {
        BUILDS.put(leaseId, new WeakReference<>(run));
    }

    /** Builds of a Jenkins that was restarted in the same process are no builds any more. */
    @Initializer(after = InitMilestone.PLUGINS_STARTED, before = InitMilestone.JOB_LOADED)
    @Restricted(NoExternalUse.class)
    public static void forgetAll() {
        BUILDS.clear();
    }

    /** A build has ended. */
    static void forget(@NonNull Run<?, ?> run) {
        BUILDS.values().removeIf(known -> known.get() == null || known.get() == run);
    }
}
