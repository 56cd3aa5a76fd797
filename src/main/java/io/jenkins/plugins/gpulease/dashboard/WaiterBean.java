package io.jenkins.plugins.gpulease.dashboard;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.lease.WaiterView;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/** A request that waits, in REST. */
@ExportedBean(defaultVisibility = 2)
@Restricted(NoExternalUse.class)
public final class WaiterBean {

    private final WaiterView waiter;
    private final String build;
    private final String url;

    /**
     * @param build null if the reader may not see it
     * @param url likewise
     */
    WaiterBean(@NonNull WaiterView waiter, @CheckForNull String build, @CheckForNull String url) {
        this.waiter = waiter;
        this.build = build;
        this.url = url;
    }

    @Exported
    @NonNull
    public String getId() {
        return waiter.request().id();
    }

    /** Null if any node will do. */
    @Exported
    @CheckForNull
    public String getNode() {
        return waiter.request().node();
    }

    /** What is asked for, for people. */
    @Exported
    @NonNull
    public String getAsked() {
        return waiter.request().devices().toString();
    }

    /** In the order of its node, of its enclosing lease, or of those for any node: 1 or more. */
    @Exported
    public int getPlace() {
        return waiter.place();
    }

    /** How many wait in that order. */
    @Exported
    public int getOf() {
        return waiter.of();
    }

    @Exported
    public int getPriority() {
        return waiter.request().priority();
    }

    /** When it arrived; ms since 1970. */
    @Exported
    public long getSince() {
        return waiter.since().toEpochMilli();
    }

    /** How often a later one went first. */
    @Exported
    public int getOvertaken() {
        return waiter.overtaken();
    }

    /** Id of the lease that it wants devices of. */
    @Exported
    @CheckForNull
    public String getEnclosingLease() {
        return waiter.request().parentLease();
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
}
