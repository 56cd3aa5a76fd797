package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Computer;
import hudson.model.Node;
import hudson.remoting.VirtualChannel;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.lease.LeaseTable;
import io.jenkins.plugins.gpulease.engine.lease.NodeView;
import io.jenkins.plugins.gpulease.engine.probe.ProbeException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The controller's end of one node's probe: looks at the node and takes what it finds to the table of leases. Thread-safe;
 * looks happen on the executor.
 */
final class NodeProbe {

    private static final Logger LOGGER = Logger.getLogger(NodeProbe.class.getName());

    private final String name;
    private final Discovery discovery;
    private final LeaseTable table;
    private final Looks looks;
    private final ToldLeases told;
    private final ProbePoll poll;
    private final Runnable onFailure;
    private final Retry retry = new Retry(Clock.systemUTC());

    @CheckForNull
    private volatile GpuNodeSettings settings;

    @CheckForNull
    private volatile Long probe;

    @CheckForNull
    private volatile Instant lookedAt;

    private volatile boolean mps;
    private volatile String offline;

    /** @param onFailure called whenever the node's GPUs could not be looked at, but for an agent that is gone; must be quick */
    NodeProbe(
            @NonNull String name,
            @NonNull Discovery discovery,
            @NonNull LeaseTable table,
            @NonNull Executor executor,
            @NonNull Runnable onFailure) {
        this.name = name;
        this.offline = name + " is offline";
        this.discovery = discovery;
        this.onFailure = onFailure;
        this.table = table;
        this.looks = new Looks(this::look, executor);
        this.told = new ToldLeases(name, table, executor);
        this.poll = new ProbePoll(name, table, executor);
    }

    @NonNull
    ToldLeases told() {
        return told;
    }

    /** Tells the node's probes from each other; null if it has none. */
    @CheckForNull
    Long probe() {
        return probe;
    }

    /** Whether NVIDIA's Multi-Process Service ran there when devices were last handed out to be shared. */
    boolean hasMps() {
        return mps;
    }

    void setMps(boolean running) {
        mps = running;
    }

    /** When a look last ended; null if none has. */
    @CheckForNull
    Instant lookedAt() {
        return lookedAt;
    }

    boolean isLooking() {
        return !looks.isIdle();
    }

    /** Whether the node was last looked at with other settings than it has now. */
    boolean isOutdated(@NonNull GpuNodeSettings current) {
        return !current.equals(settings);
    }

    /**
     * Looks at the node, after a look that is going on. Returns at once; never fails.
     *
     * @param onDemand even if its probe has failed so often that it would be left alone
     */
    @NonNull
    CompletableFuture<Void> rescan(boolean onDemand) {
        return looks.ask(onDemand);
    }

    /** Looks again after a failure, if it is time to and no look is going on. */
    void retry() {
        if (looks.isIdle() && retry.isDue()) {
            rescan(false);
        }
    }

    /** Asks the probe what has changed, and tells it of leases that it doesn't know of. Returns at once. */
    void watch(@NonNull NodeView view) {
        told.tellRest();
        poll.ask(view).exceptionally(e -> {
            failed(AgentCalls.causeOf(e));
            return null;
        });
    }

    /** The node can't be asked: it is looked at again after a while, or when it comes online. */
    void note(@NonNull Throwable failure) {
        Level level = failure instanceof AgentGoneException ? Level.FINE : failedAgain();
        LOGGER.log(level, failure, () -> "GPUs of " + name + " are not handed out for now");
    }

    private Level failedAgain() {
        onFailure.run();
        return retry.failed();
    }

    private void failed(Throwable failure) {
        note(failure);
        if (!(failure instanceof AgentGoneException)) {
            unreachable(ReportedText.reason(failure.getMessage() == null ? failure.toString() : failure.getMessage()));
        }
    }

    /** Its channel is gone: nothing is handed out there until it is back. */
    void wentOffline() {
        offline = name + " is offline since " + LocalTime.now().truncatedTo(ChronoUnit.SECONDS);
        unreachable(offline);
    }

    private void unreachable(String reason) {
        table.setUnreachable(name, reason);
        removeIfGone();
    }

    private void look(boolean onDemand) {
        Computer computer = NodeNames.computer(name);
        Node node = computer == null ? null : computer.getNode();
        VirtualChannel channel = computer == null ? null : computer.getChannel();
        if (node == null || channel == null) {
            return; // whoever took it away has told the table
        }
        try {
            look(node, channel, onDemand);
        } catch (ProbeException | RuntimeException | Error e) { // an Error of the moment must not end all later looks
            failed(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        lookedAt = Instant.now();
        if (computer.getChannel() != channel) { // gone meanwhile, so what was found is out of date
            unreachable(offline);
        }
    }

    private void look(Node node, VirtualChannel channel, boolean onDemand) throws ProbeException, InterruptedException {
        GpuNodeSettings current = GpuNodeSettings.of(node);
        settings = current;
        setMargin(current.margin());
        current.fallback(); // one that is written wrongly is told of like all else
        Discovery.Found found = discovery.look(node, channel, current, onDemand);
        if (!Objects.equals(probe, found.probe())) {
            probe = found.probe();
            told.clear();
            poll.restart();
        }
        if (found.probe() != null) {
            told.tellRest().join();
        }
        if (found.inventory().status() == Inventory.Status.FAILED) {
            LOGGER.log(failedAgain(), "GPUs of {0} can''t be read: {1}", new Object[] {name, found.inventory().reason()});
        } else {
            retry.succeeded();
        }
        publish(found.inventory());
    }

    private void setMargin(MemorySize margin) {
        if (!table.margin(name).equals(margin)) {
            table.setMargin(name, margin);
        }
    }

    private void publish(Inventory inventory) {
        NodeView view = table.view(name).orElse(null);
        if (view == null || view.unreachable() != null || !isSame(view.inventory(), inventory)) {
            table.setInventory(name, inventory);
            LOGGER.log(Level.FINE, "GPUs of {0}: {1}", new Object[] {name, inventory});
            removeIfGone();
        }
    }

    /** A node may be removed while it is looked at. */
    private void removeIfGone() {
        if (NodeNames.node(name) == null) {
            table.removeNode(name);
        }
    }

    private static boolean isSame(Inventory one, Inventory other) {
        return one.status() == other.status()
                && Objects.equals(one.reason(), other.reason())
                && one.devices().equals(other.devices())
                && one.topology().equals(other.topology())
                && Objects.equals(one.driverVersion(), other.driverVersion())
                && Objects.equals(one.cudaVersion(), other.cudaVersion());
    }
}
