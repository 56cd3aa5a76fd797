package io.jenkins.plugins.gpulease.wrapper;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.Run;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.build.BuildHolder;
import io.jenkins.plugins.gpulease.build.LiveHolders;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.lifecycle.RunningPipelines;
import io.jenkins.plugins.gpulease.request.LeaseLog;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionList;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The running builds that hold a lease through the wrapper, or wait for one on their node. */
@Extension
@Restricted(NoExternalUse.class)
public final class HoldingBuilds implements LiveHolders {

    private static final Logger LOGGER = Logger.getLogger(HoldingBuilds.class.getName());

    private final Map<String, Owner> owners = new ConcurrentHashMap<>();

    /**
     * A build with a lease.
     *
     * @param build null after a restart of Jenkins until somebody asks: to load a build while builds are loaded is too early
     * @param log null after a restart
     */
    private record Owner(@NonNull String runId, @CheckForNull Run<?, ?> build, @CheckForNull LeaseLog log) {

        Owner found(String leaseId) {
            Run<?, ?> found = build == null ? find(runId, leaseId) : build;
            if (found != null && build == null) {
                BuildHolder.found(found, leaseId);
            }
            return new Owner(runId, found, log);
        }

        boolean is(Run<?, ?> other) {
            return build == null ? runId.equals(other.getExternalizableId()) : build == other;
        }

        /** A Pipeline that was renamed can only be found once it has resumed. */
        boolean isRunning() {
            return build == null ? !FlowExecutionList.get().isResumptionComplete() : build.isBuilding();
        }
    }

    /** The build that a lease was granted to before a restart; null if there is none, or none yet. */
    @CheckForNull
    static Run<?, ?> find(@NonNull Lease lease) {
        return find(BuildHolder.runId(lease.holder()), lease.id());
    }

    /** By its own notes first: its job may have been renamed, and another one have the name. */
    @CheckForNull
    private static Run<?, ?> find(String runId, String leaseId) {
        Run<?, ?> holding = RunningPipelines.holding(leaseId);
        if (holding != null) {
            return holding;
        }
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            Run<?, ?> named = Run.fromExternalizableId(runId);
            return named != null && named.isBuilding() ? named : null;
        } catch (IllegalArgumentException e) {
            LOGGER.log(Level.FINE, e, () -> "There is no build " + runId + " any more");
            return null;
        }
    }

    @NonNull
    static HoldingBuilds get() {
        return ExtensionList.lookupSingleton(HoldingBuilds.class);
    }

    void add(@NonNull String leaseId, @NonNull Run<?, ?> build, @NonNull LeaseLog log) {
        owners.put(leaseId, new Owner(build.getExternalizableId(), build, log));
    }

    /** Takes up a lease that a Pipeline had before a restart of Jenkins. */
    void takeUp(@NonNull Lease lease) {
        GpuLeases.get().table().adopt(lease);
        owners.put(lease.id(), new Owner(BuildHolder.runId(lease.holder()), null, null));
    }

    void remove(@NonNull String leaseId) {
        owners.remove(leaseId);
    }

    /** A build has ended. */
    void end(@NonNull Run<?, ?> build) {
        owners.values().removeIf(owner -> owner.is(build));
    }

    /** Writes into the log of the build that has a lease; after a restart of Jenkins, when nobody knows the log, nothing. */
    void write(@NonNull String leaseId, @NonNull List<String> lines) {
        Owner owner = owners.get(leaseId);
        LeaseLog log = owner == null ? null : owner.log();
        if (log != null) {
            log.write(lines);
        }
    }

    @CheckForNull
    @Override
    public Run<?, ?> buildOf(@NonNull String leaseId) {
        Owner owner = found(leaseId);
        return owner != null && owner.isRunning() ? owner.build() : null;
    }

    /** Loads the build outside the map's locks. */
    @CheckForNull
    private Owner found(String leaseId) {
        Owner known = owners.get(leaseId);
        if (known == null || known.build() != null) {
            return known;
        }
        Owner found = known.found(leaseId);
        return owners.replace(leaseId, known, found) ? found : owners.get(leaseId);
    }

    @NonNull
    @Override
    public Set<String> liveIds() {
        owners.keySet().forEach(this::found);
        owners.entrySet().removeIf(owner -> owner.getValue().build() == null && GpuLeases.get().table().lease(owner.getKey()).isEmpty());
        return owners.entrySet().stream()
                .filter(owner -> owner.getValue().isRunning())
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }
}
