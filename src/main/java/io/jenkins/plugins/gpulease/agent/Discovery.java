package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.FilePath;
import hudson.model.Node;
import hudson.remoting.VirtualChannel;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.probe.ProbeException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import jenkins.model.Jenkins;

/** One look at the GPUs of a node, from the cheap question whether there can be any to the scan by its probe. */
final class Discovery {

    /** Starting the probe and attaching to the driver may each take the 30 s that the probe allows. */
    private static final Duration SCAN = Duration.ofSeconds(90);

    private static final Duration GLANCE = Duration.ofSeconds(15);

    /** Of all of it: most of the time may go into copying the probe over a slow line. */
    private static final Duration LOOK = Duration.ofMinutes(4);

    @CheckForNull
    private ProbeJars jars;

    /**
     * What a look found.
     *
     * @param probe tells the node's probes from each other; null if the node needs none
     */
    record Found(@NonNull Inventory inventory, @CheckForNull Long probe) {}

    private final Supplier<ExecutorService> executor;

    /** @param executor runs what may block without limit, such as sending to a channel whose other end reads no more */
    Discovery(@NonNull Supplier<ExecutorService> executor) {
        this.executor = executor;
    }

    /**
     * Looks at a node. Blocks until there is an answer, or for 4 minutes.
     *
     * @param onDemand start the probe even if it has failed so often that it would be left alone
     * @throws ProbeException if the node can't be asked; the message is for people
     */
    @NonNull
    Found look(
            @NonNull Node node, @NonNull VirtualChannel channel, @NonNull GpuNodeSettings settings, boolean onDemand)
            throws ProbeException, InterruptedException {
        Future<Found> found = executor.get().submit(() -> find(node, channel, settings, onDemand));
        try {
            return found.get(LOOK.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new ProbeException(NodeNames.of(node) + " could not be looked at within " + LOOK.toMinutes() + " minutes", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof ProbeException known
                    ? known
                    : new ProbeException(NodeNames.of(node) + " can't be looked at: " + e.getCause(), e.getCause());
        } finally {
            found.cancel(true);
        }
    }

    private Found find(Node node, VirtualChannel channel, GpuNodeSettings settings, boolean onDemand)
            throws ProbeException, InterruptedException {
        String name = NodeNames.of(node);
        if (!settings.discovery()) {
            return none(name, channel, Inventory.Status.EMPTY, Messages.Discovery_switchedOff(name));
        }
        String simulated = settings.simulatedGpus();
        ProbeSetup setup;
        if (simulated != null) {
            setup = ProbeSetup.simulated(name, simulated, Jenkins.get().getLegacyInstanceId());
        } else if (AgentCalls.call(name, channel, new HardwareCheck(settings.libraryPath()), GLANCE)) {
            setup = ProbeSetup.real(name, settings.libraryPath(), install(name, node));
        } else {
            return none(name, channel, Inventory.Status.NO_HARDWARE, Messages.Discovery_noHardware(name));
        }
        ScanCall.Scanned scanned = AgentCalls.call(name, channel, new ScanCall(setup, onDemand), SCAN);
        Inventory inventory = ReportedInventory.accept(scanned.inventory(), Instant.now());
        return new Found(ExcludedDevices.parse(settings.exclude()).filter(inventory), scanned.probe());
    }

    private static Found none(String name, VirtualChannel channel, Inventory.Status status, String reason) throws ProbeException {
        AgentCalls.call(name, channel, new ProbeEnd(name), GLANCE);
        return new Found(Inventory.without(status, reason, Instant.now()), null);
    }

    /**
     * Copies the probe to a node, unless it is there. May block as long as the line does.
     *
     * @return class path, as paths on the node
     */
    @NonNull
    List<String> install(@NonNull String name, @NonNull Node node) throws ProbeException, InterruptedException {
        FilePath root = node.getRootPath();
        if (root == null) {
            throw new AgentGoneException(name, null);
        }
        try {
            return jars().install(root);
        } catch (IOException e) {
            throw new ProbeException("The probe can't be copied to " + name + " (" + ReportedText.reason(e.getMessage())
                    + "); check the space and the permissions of " + root.getRemote(), e);
        }
    }

    private synchronized ProbeJars jars() throws IOException {
        if (jars == null) {
            jars = ProbeJars.pack();
        }
        return jars;
    }
}
