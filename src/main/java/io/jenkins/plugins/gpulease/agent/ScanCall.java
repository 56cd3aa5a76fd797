package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.placement.VisibleDevices;
import io.jenkins.plugins.gpulease.engine.probe.Claim;
import io.jenkins.plugins.gpulease.engine.probe.Probe;
import io.jenkins.plugins.gpulease.engine.probe.ProbeException;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import jenkins.security.MasterToSlaveCallable;

/** Looks at the devices of a node with its probe, which is started if need be. Runs in the agent's JVM. */
final class ScanCall extends MasterToSlaveCallable<ScanCall.Scanned, IOException> {

    private static final long serialVersionUID = 1L;

    private final ProbeSetup setup;
    private final boolean onDemand;

    /** @param onDemand start the probe even if it has failed so often that it would be left alone */
    ScanCall(@NonNull ProbeSetup setup, boolean onDemand) {
        this.setup = setup;
        this.onDemand = onDemand;
    }

    /**
     * What a scan says.
     *
     * @param probe tells probes of the node from each other: another one knows nothing of the leases that go on
     */
    record Scanned(@NonNull Inventory inventory, long probe) implements Serializable {}

    @Override
    public Scanned call() throws IOException {
        try {
            AgentProbe holder = AgentProbe.start(setup);
            if (onDemand) {
                holder.forgetFailures();
            }
            Inventory inventory = VisibleDevices.of(System.getenv()).filter(holder.probe().scan());
            if (inventory.status() == Inventory.Status.OK && holder.isCold()) {
                warmUp(holder.probe(), inventory);
            }
            return new Scanned(inventory, holder.id());
        } catch (LinkageError e) { // an Error would close the channel
            throw new ProbeException("The agent can't run the probe: " + e, e);
        }
    }

    /** Loads what a hand-out needs over the channel now, so that the first build doesn't wait for it. */
    private static void warmUp(Probe probe, Inventory inventory) throws ProbeException {
        List<String> uuids = inventory.leasable().stream().map(Device::uuid).limit(1).toList();
        if (!uuids.isEmpty()) {
            probe.takeBack(new Claim("warm-up", "warm-up", uuids, null, false, false));
            probe.poll(0, uuids);
        }
    }
}
