package io.jenkins.plugins.gpulease.build;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Queue;
import hudson.model.Run;
import io.jenkins.plugins.gpulease.engine.lease.Holder;

/** What a build's leases say about who holds them: the build's external id and, behind a slash, the lease's id. */
public final class BuildHolder {

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
        String name = run.getFullDisplayName();
        return new Holder(run.getExternalizableId() + "/" + leaseId, branch == null ? name : name + " (" + branch + ")");
    }

    /** The holder as long as there is no build yet but an item of the build queue. No job can be called so. */
    @NonNull
    public static Holder of(@NonNull Queue.Item item, @NonNull String leaseId) {
        return new Holder(QUEUED + item.getId() + "/" + leaseId, item.task.getFullDisplayName());
    }

    /** The external id of the build that holds, or held, under this holder; the whole id if no build made it. */
    @NonNull
    public static String runId(@NonNull Holder holder) {
        int slash = holder.id().lastIndexOf('/'); // folders have slashes, too, but they come first
        return slash < 0 ? holder.id() : holder.id().substring(0, slash);
    }
}
