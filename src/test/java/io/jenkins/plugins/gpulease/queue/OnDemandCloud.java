package io.jenkins.plugins.gpulease.queue;

import hudson.model.Descriptor;
import hudson.model.Label;
import hudson.model.Node;
import hudson.model.TaskListener;
import hudson.slaves.AbstractCloudComputer;
import hudson.slaves.AbstractCloudSlave;
import hudson.slaves.Cloud;
import hudson.slaves.ComputerLauncher;
import hudson.slaves.NodeProvisioner;
import hudson.slaves.NodeProvisioner.PlannedNode;
import hudson.slaves.NodeProvisioner.StrategyDecision;
import hudson.slaves.NodeProvisioner.StrategyState;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.durabletask.executors.OnceRetentionStrategy;
import org.jvnet.hudson.test.JenkinsRule;

/** Brings agents with one executor and simulated GPUs, each for one task. */
final class OnDemandCloud extends Cloud {

    private final transient JenkinsRule rule;
    private final String label;
    private final String gpus;
    private final transient AtomicInteger brought = new AtomicInteger();

    OnDemandCloud(JenkinsRule rule, String label, String gpus) {
        super("cloud");
        this.rule = rule;
        this.label = label;
        this.gpus = gpus;
    }

    int brought() {
        return brought.get();
    }

    @Override
    public boolean canProvision(CloudState state) {
        return state.getLabel() != null && state.getLabel().matches(Label.parse(label));
    }

    @Override
    public Collection<PlannedNode> provision(CloudState state, int excessWorkload) {
        String name = "cloud-" + brought.incrementAndGet();
        CompletableFuture<Node> node = CompletableFuture.supplyAsync(() -> {
            try {
                return new Ephemeral(name, rule.createTmpDir().getPath(), rule.createComputerLauncher(null), label, gpus);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        return List.of(new PlannedNode(name, node, 1));
    }

    /** An agent that goes away with its first task. */
    static final class Ephemeral extends AbstractCloudSlave {

        private static final long serialVersionUID = 1L;

        Ephemeral(String name, String folder, ComputerLauncher launcher, String label, String gpus)
                throws Descriptor.FormException, IOException {
            super(name, folder, launcher);
            setNumExecutors(1);
            setLabelString(label);
            setRetentionStrategy(new OnceRetentionStrategy(10));
            getNodeProperties().add(GpuTestNodes.simulated(gpus));
        }

        @Override
        public AbstractCloudComputer<Ephemeral> createComputer() {
            return new AbstractCloudComputer<>(this);
        }

        @Override
        protected void _terminate(TaskListener listener) {
            // removing it is all there is to do
        }
    }

    /** Asks clouds at once, where Jenkins would look at the load for a while. */
    static final class AtOnce extends NodeProvisioner.Strategy {

        @Override
        public StrategyDecision apply(StrategyState state) {
            int capacity = state.getSnapshot().getAvailableExecutors()
                    + state.getSnapshot().getConnectingExecutors()
                    + state.getPlannedCapacitySnapshot()
                    + state.getAdditionalPlannedCapacity();
            int missing = state.getSnapshot().getQueueLength() - capacity;
            for (Cloud cloud : Jenkins.get().clouds) {
                Cloud.CloudState wanted = new Cloud.CloudState(state.getLabel(), 0);
                if (missing > 0 && cloud.canProvision(wanted)) {
                    state.recordPendingLaunches(cloud.provision(wanted, missing));
                }
            }
            return StrategyDecision.PROVISIONING_COMPLETED;
        }
    }
}
