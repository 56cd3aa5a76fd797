package io.jenkins.plugins.gpulease.dashboard;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/** A lease in REST. */
@ExportedBean(defaultVisibility = 2)
@Restricted(NoExternalUse.class)
public final class LeaseBean {

    private final Lease lease;
    private final String build;
    private final String url;

    /**
     * @param build null if the reader may not see it
     * @param url likewise
     */
    LeaseBean(@NonNull Lease lease, @CheckForNull String build, @CheckForNull String url) {
        this.lease = lease;
        this.build = build;
        this.url = url;
    }

    @Exported
    @NonNull
    public String getId() {
        return lease.id();
    }

    @Exported
    @NonNull
    public String getNode() {
        return lease.node();
    }

    /** UUIDs. */
    @Exported
    @NonNull
    public List<String> getDevices() {
        return lease.uuids();
    }

    /** Null if the reader may not see it. */
    @Exported
    @CheckForNull
    public String getBuild() {
        return build;
    }

    @Exported
    @CheckForNull
    public String getBuildUrl() {
        return url;
    }

    /** When it was granted; ms since 1970. */
    @Exported
    public long getSince() {
        return lease.grantedAt().toEpochMilli();
    }

    /** Id of the lease that its devices were taken out of. */
    @Exported
    @CheckForNull
    public String getEnclosingLease() {
        return lease.parentLease();
    }

    @Exported
    public boolean isShared() {
        return lease.shared();
    }
}
