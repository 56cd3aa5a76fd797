package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Node;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.probe.Claim;
import java.net.URI;
import jenkins.model.Jenkins;

/** What the probe is to know of a lease. */
final class LeaseClaim {

    private LeaseClaim() {}

    /**
     * A sub-lease's devices are locked by the enclosing lease, whose programs may run on them. A lease that shares its devices
     * tells the probe its budget.
     */
    @NonNull
    static Claim of(@NonNull Lease lease) {
        String holder = controller() + " " + lease.holder().name();
        MemorySize budget = lease.budget();
        if (budget != null) {
            Claim.Share share = new Claim.Share(budget, GpuLeases.get().table().margin(lease.node()));
            return Claim.shared(lease.id(), holder, lease.uuids(), share, isHostCoordinated(lease.node()));
        }
        boolean whole = !lease.isSubLease();
        return new Claim(
                lease.id(),
                holder,
                lease.uuids(),
                lease.minMemory(),
                whole,
                whole && isHostCoordinated(lease.node()));
    }

    private static boolean isHostCoordinated(String name) {
        Node node = NodeNames.node(name);
        return node == null || GpuNodeSettings.of(node).hostCoordination();
    }

    /** For people on a host that several controllers share. */
    private static String controller() {
        String url = Jenkins.get().getRootUrl();
        try {
            String host = url == null ? null : URI.create(url).getHost();
            return host == null ? "Jenkins" : host;
        } catch (IllegalArgumentException e) {
            return "Jenkins";
        }
    }
}
