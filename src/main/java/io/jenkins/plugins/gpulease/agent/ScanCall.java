package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.placement.VisibleDevices;
import io.jenkins.plugins.gpulease.engine.probe.Claim;
import io.jenkins.plugins.gpulease.engine.probe.ProbeException;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.security.MasterToSlaveCallable;

/** Looks at the devices of a node with its probe, which is started if need be. Runs in the agent's JVM. */
final class ScanCall extends MasterToSlaveCallable<ScanCall.Scanned, IOException> {

    private static final long serialVersionUID = 1L;
    private static final Logger LOGGER = Logger.getLogger(ScanCall.class.getName());

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
                warmUp(inventory);
            }
            return new Scanned(inventory, holder.id());
        } catch (LinkageError e) { // an Error would close the channel
            throw new ProbeException("The agent can't run the probe: " + e, e);
        }
    }

    /**
     * Goes the way of a lease once, so that the first build doesn't wait for classes to be loaded over the channel. The claim
     * neither locks nor asks for anything, so whoever uses the device isn't disturbed.
     */
    private void warmUp(Inventory inventory) {
        List<String> uuids = inventory.leasable().stream().map(Device::uuid).limit(1).toList();
        if (uuids.isEmpty()) {
            return;
        }
        Claim claim = new Claim("warm-up", "warm-up", uuids, null, false, false);
        try {
            new ProbeCall.HandOut(setup.node(), claim).call();
            new ProbeCall.TakeBack(setup.node(), claim).call();
            new ProbeCall.Poll(setup.node(), 0, uuids, uuids).call();
        } catch (IOException e) { // a hand-out will tell
            LOGGER.log(Level.FINE, e, () -> "The probe of " + setup.node() + " stays cold");
        }
    }
}
