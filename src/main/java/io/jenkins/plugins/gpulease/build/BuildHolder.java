package io.jenkins.plugins.gpulease.build;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Run;
import io.jenkins.plugins.gpulease.engine.lease.Holder;

/** What a build's leases say about who holds them: the build's external id and, behind a slash, the lease's id. */
public final class BuildHolder {

    private BuildHolder() {}

    /** The holder of one lease of a build. */
    @NonNull
    public static Holder of(@NonNull Run<?, ?> run, @NonNull String leaseId) {
        return new Holder(run.getExternalizableId() + "/" + leaseId, run.getFullDisplayName());
    }

    /** The external id of the build that holds, or held, under this holder; the whole id if no build made it. */
    @NonNull
    public static String runId(@NonNull Holder holder) {
        int slash = holder.id().lastIndexOf('/'); // folders have slashes, too, but they come first
        return slash < 0 ? holder.id() : holder.id().substring(0, slash);
    }
}
