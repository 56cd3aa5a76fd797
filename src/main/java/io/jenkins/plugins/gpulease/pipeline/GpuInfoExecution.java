package io.jenkins.plugins.gpulease.pipeline;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.AbortException;
import hudson.model.Computer;
import hudson.model.Node;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.agent.GpuNodes;
import io.jenkins.plugins.gpulease.agent.NodeNames;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.lease.NodeView;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;

/**
 * Tells what the table of leases knows of a node. Only where nobody has looked at the node yet, as when its agent has just come
 * online, it waits for that look.
 */
final class GpuInfoExecution extends StepExecution {

    private static final long serialVersionUID = 1L;
    private static final int PATIENCE_SECONDS = 60;

    @CheckForNull
    private final String named;

    GpuInfoExecution(@NonNull StepContext context, @CheckForNull String named) {
        super(context);
        this.named = named;
    }

    @Override
    public boolean start() throws IOException, InterruptedException {
        Node node = node();
        Computer computer = node.toComputer();
        if (isKnown(node) || computer == null || computer.getChannel() == null) {
            getContext().onSuccess(answer(node));
            return true;
        }
        GpuNodes.rescan(computer)
                .copy()
                .completeOnTimeout(null, PATIENCE_SECONDS, TimeUnit.SECONDS)
                .thenRunAsync(() -> answerLater(node), GpuLeases.get()::begin);
        return false;
    }

    /** Whatever it waited for is lost. */
    @Override
    public void onResume() {
        try {
            start();
        } catch (IOException | InterruptedException | RuntimeException e) {
            getContext().onFailure(e);
        }
    }

    private Node node() throws IOException, InterruptedException {
        Node node = named == null ? getContext().get(Node.class) : NamedNode.find(named);
        if (node == null) {
            throw new AbortException(
                    named == null
                            ? Messages.GpuInfoStep_noNode()
                            : Messages.GpuInfoStep_unknownNode(named, Jenkins.getAuthentication2().getName()));
        }
        return node;
    }

    private static boolean isKnown(Node node) {
        return view(node).filter(view -> view.inventory().status() != Inventory.Status.UNKNOWN).isPresent();
    }

    private static Optional<NodeView> view(Node node) {
        return GpuLeases.get().table().view(NodeNames.of(node));
    }

    private void answerLater(Node node) {
        try {
            getContext().onSuccess(answer(node));
        } catch (AbortException e) {
            getContext().onFailure(e);
        }
    }

    private static Object answer(Node node) throws AbortException {
        String name = NodeNames.variable(NodeNames.of(node));
        NodeView view = view(node).orElse(null);
        if (view == null) {
            throw new AbortException(Messages.GpuInfoStep_unknown(name));
        }
        String obstacle = obstacle(view);
        if (obstacle != null && view.devices().isEmpty()) {
            throw new AbortException(Messages.GpuInfoStep_unreadable(name, obstacle));
        }
        return DeviceFacts.of(view, name);
    }

    /** Why nothing can be told; null if having no devices is a fact. */
    @CheckForNull
    private static String obstacle(NodeView view) {
        Inventory.Status status = view.inventory().status();
        boolean told = status != Inventory.Status.FAILED && status != Inventory.Status.UNKNOWN;
        return view.unreachable() != null ? view.unreachable() : told ? null : view.inventory().reason();
    }
}
