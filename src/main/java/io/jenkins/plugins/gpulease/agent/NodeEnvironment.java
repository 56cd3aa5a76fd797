package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Node;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.lease.LeaseEnvironment;
import java.util.Map;

/** The variables of a lease, as its node is configured and as it was when the lease was granted. */
public final class NodeEnvironment {

    private NodeEnvironment() {}

    /** @see LeaseEnvironment#of(Lease, boolean, boolean) */
    @NonNull
    public static Map<String, String> of(@NonNull Lease lease) {
        Node node = NodeNames.node(lease.node());
        boolean indices = node != null && GpuNodeSettings.of(node).indices();
        boolean mps = lease.shared() && GpuNodes.get().find(lease.node()).map(NodeProbe::hasMps).orElse(false);
        return LeaseEnvironment.of(lease, indices, mps);
    }
}
