package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.remoting.Channel;
import io.jenkins.plugins.gpulease.engine.host.HostLocks;
import io.jenkins.plugins.gpulease.engine.probe.Probe;
import io.jenkins.plugins.gpulease.engine.probe.ProbeClient;
import io.jenkins.plugins.gpulease.engine.probe.ProbeException;
import io.jenkins.plugins.gpulease.engine.probe.ProbeLaunch;
import io.jenkins.plugins.gpulease.engine.probe.ProbeService;
import io.jenkins.plugins.gpulease.engine.simulation.SimulatedLoad;
import io.jenkins.plugins.gpulease.engine.simulation.SimulatedSource;
import io.jenkins.plugins.gpulease.engine.simulation.SimulationSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The probe of a node, held in the agent's JVM for as long as the channel is open: at most one for each node. Real devices are
 * asked through a child process, simulated ones right here, since a simulation can neither hang nor crash.
 *
 * <p>Thread-safe: one lock for all, no I/O under it but the end of a replaced probe.
 */
final class AgentProbe {

    private static final Map<String, AgentProbe> BY_NODE = new HashMap<>();

    private final ProbeSetup setup;
    private final Probe probe;
    private final long id = ThreadLocalRandom.current().nextLong();
    private final AtomicBoolean warm = new AtomicBoolean();
    private final Channel.Listener atEnd = new AtEnd();

    /** Null in the controller's own JVM; there the controller ends the probe. */
    @CheckForNull
    private final Channel channel = Channel.current();

    private AgentProbe(ProbeSetup setup) {
        this.setup = setup;
        String simulated = setup.simulatedGpus();
        this.probe = simulated == null ? child(setup) : simulation(simulated, setup.salt());
    }

    /** The node's probe with this set-up; one with another set-up is ended first. */
    @NonNull
    static AgentProbe start(@NonNull ProbeSetup setup) {
        synchronized (BY_NODE) {
            AgentProbe running = BY_NODE.get(setup.node());
            if (running != null && running.setup.equals(setup)) {
                return running;
            }
            end(setup.node());
            AgentProbe started = new AgentProbe(setup);
            BY_NODE.put(setup.node(), started);
            started.watchChannel();
            return started;
        }
    }

    /**
     * The node's probe.
     *
     * @throws ProbeException if it has none
     */
    @NonNull
    static Probe of(@NonNull String node) throws ProbeException {
        synchronized (BY_NODE) {
            AgentProbe running = BY_NODE.get(node);
            if (running == null) {
                throw new ProbeException("The agent has no probe yet; its GPUs are looked for when it comes online, and every ten minutes");
            }
            return running.probe;
        }
    }

    /** Ends the node's probe, if it has one. */
    static void end(@NonNull String node) {
        synchronized (BY_NODE) {
            AgentProbe running = BY_NODE.remove(node);
            if (running != null) {
                running.unwatchChannel();
                running.probe.close();
            }
        }
    }

    @NonNull
    Probe probe() {
        return probe;
    }

    /** Tells this probe from earlier ones, which have handed out leases that it doesn't know of. */
    long id() {
        return id;
    }

    /** Lets a probe that was given up be started once more. */
    void forgetFailures() {
        if (probe instanceof ProbeClient client) {
            client.reset();
        }
    }

    /** True at the first call only. */
    boolean isCold() {
        return warm.compareAndSet(false, true);
    }

    private void watchChannel() {
        if (channel != null) {
            channel.addListener(atEnd);
            if (channel.isClosingOrClosed()) { // perhaps before it was listened to
                ended();
            }
        }
    }

    private void unwatchChannel() {
        if (channel != null) {
            channel.removeListener(atEnd);
        }
    }

    private void ended() {
        synchronized (BY_NODE) {
            BY_NODE.remove(setup.node(), this);
        }
        probe.close();
    }

    private final class AtEnd extends Channel.Listener {
        @Override
        public void onClosed(Channel closed, IOException cause) {
            ended();
        }
    }

    private static Probe simulation(String gpus, String salt) {
        return new ProbeService(
                new SimulatedSource(SimulationSpec.parse(gpus), SimulatedLoad.defaultFolder(), salt),
                new HostLocks(HostLocks.defaultFolder()));
    }

    private static Probe child(ProbeSetup setup) {
        ProbeLaunch launch = ProbeLaunch.of(setup.classPath().stream().map(Path::of).toList());
        return new ProbeClient(setup.libraryPath() == null ? launch : launch.withLibrary(Path.of(setup.libraryPath())));
    }
}
