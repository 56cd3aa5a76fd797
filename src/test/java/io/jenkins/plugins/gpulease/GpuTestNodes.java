package io.jenkins.plugins.gpulease;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Node;
import hudson.model.Slave;
import hudson.slaves.DumbSlave;
import hudson.slaves.OfflineCause;
import hudson.slaves.RetentionStrategy;
import io.jenkins.plugins.gpulease.agent.GpuNodeProperty;
import io.jenkins.plugins.gpulease.agent.GpuNodes;
import io.jenkins.plugins.gpulease.agent.NodeNames;
import io.jenkins.plugins.gpulease.engine.lease.NodeView;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jvnet.hudson.test.InboundAgentRule;
import org.jvnet.hudson.test.JenkinsRule;

/** Nodes with GPUs for tests. What they return is online, and its GPUs are known to the table of leases. */
public final class GpuTestNodes {

    private static final long PATIENCE_SECONDS = 60;

    private GpuTestNodes() {}

    /**
     * An agent in a process of its own, started by the controller.
     *
     * @param gpus such as {@code 4xH100:80GB}
     */
    @NonNull
    public static DumbSlave simulatedAgent(@NonNull JenkinsRule rule, @NonNull String name, @NonNull String gpus)
            throws Exception {
        return simulatedAgent(rule, name, gpus, "", 4);
    }

    /** @see #simulatedAgent(JenkinsRule, String, String) */
    @NonNull
    public static DumbSlave simulatedAgent(
            @NonNull JenkinsRule rule, @NonNull String name, @NonNull String gpus, @NonNull String labels, int executors)
            throws Exception {
        DumbSlave agent = new DumbSlave(name, rule.createTmpDir().getPath(), rule.createComputerLauncher(null));
        agent.setRetentionStrategy(RetentionStrategy.NOOP);
        agent.setLabelString(labels);
        agent.setNumExecutors(executors);
        agent.getNodeProperties().add(simulated(gpus));
        rule.jenkins.addNode(agent);
        rule.waitOnline(agent);
        awaitDiscovery(agent);
        return agent;
    }

    /** An inbound agent, which goes on when the controller goes away, and can be stopped and started again. */
    @NonNull
    public static Slave simulatedInboundAgent(
            @NonNull JenkinsRule rule, @NonNull InboundAgentRule agents, @NonNull String name, @NonNull String gpus)
            throws Exception {
        Slave agent = agents.createAgent(rule, InboundAgentRule.Options.newBuilder().name(name).build());
        configure(agent, simulated(gpus));
        return agent;
    }

    /**
     * Ends an agent's process. Its channel is closed before: remoting may wait without end for a peer that is killed while a
     * jar is on its way to it. How an agent is killed while it works is the acceptance script's.
     */
    public static void stop(@NonNull JenkinsRule rule, @NonNull InboundAgentRule agents, @NonNull String name) throws Exception {
        rule.jenkins.getComputer(name).disconnect(new OfflineCause.ByCLI("test")).get(60, TimeUnit.SECONDS);
        agents.stop(rule, name);
    }

    /** The built-in node with GPUs. */
    public static void simulateBuiltIn(@NonNull JenkinsRule rule, @NonNull String gpus) throws Exception {
        configure(rule.jenkins, simulated(gpus));
    }

    @NonNull
    public static GpuNodeProperty simulated(@NonNull String gpus) {
        GpuNodeProperty property = new GpuNodeProperty();
        property.setSimulatedGpus(gpus);
        return property;
    }

    /** Gives a node another configuration, as its form does. */
    public static void configure(@NonNull Node node, @NonNull GpuNodeProperty property) throws Exception {
        node.getNodeProperties().replace(property);
        awaitDiscovery(node);
    }

    /** Waits until the table of leases knows what the node has now. */
    public static void awaitDiscovery(@NonNull Node node) throws Exception {
        GpuNodes.rescan(node.toComputer()).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** What the table of leases says of a node. */
    @NonNull
    public static NodeView view(@NonNull Node node) {
        return GpuLeases.get().table().view(NodeNames.of(node)).orElseThrow();
    }

    /** Waits until something holds, for a minute at most. */
    public static void await(@NonNull Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.call()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("Nothing happened for " + PATIENCE_SECONDS + " s; nodes: "
                        + GpuLeases.get().table().views());
            }
            Thread.sleep(50);
        }
    }
}
