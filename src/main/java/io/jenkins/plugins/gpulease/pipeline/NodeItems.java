package io.jenkins.plugins.gpulease.pipeline;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Queue;
import hudson.model.Run;
import io.jenkins.plugins.gpulease.queue.ItemResolver;
import io.jenkins.plugins.gpulease.queue.QueuedRequest;
import io.jenkins.plugins.gpulease.queue.Resolution;
import java.io.IOException;
import java.util.List;
import org.jenkinsci.plugins.workflow.actions.ArgumentsAction;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionList;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.graph.StepNode;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.jenkinsci.plugins.workflow.support.steps.ExecutorStep;
import org.jenkinsci.plugins.workflow.support.steps.ExecutorStepExecution.PlaceholderTask;

/** Finds the {@code gpu} block around a {@code node} step that waits for an executor. One that has started before goes on. */
@Extension
public final class NodeItems implements ItemResolver {

    @Override
    public boolean mayConcern(@NonNull Queue.Item item, boolean resumed) {
        return item.task instanceof PlaceholderTask task
                && !task.isContinued()
                && !(resumed && QueuedBlocks.get().isEmpty());
    }

    @NonNull
    @Override
    public Resolution resolve(@NonNull Queue.Item item, boolean mayLoad) throws IOException, InterruptedException {
        if (!mayLoad && !FlowExecutionList.get().isResumptionComplete()) {
            return Resolution.LATER; // to look now would load its build before its time
        }
        FlowNode step = ((PlaceholderTask) item.task).getNode();
        return step == null ? Resolution.FREE : around(step);
    }

    /** A block that isn't known has yet to resume, or is over; then its items are about to be cancelled. */
    private static Resolution around(FlowNode step) throws IOException {
        FlowExecution build = step.getExecution();
        List<String> enclosing = step.getAllEnclosingIds();
        if (build.getOwner().getExecutable() instanceof Run<?, ?> run) {
            for (String start : enclosing) { // from inside to outside
                QueuedRequest request = QueuedBlocks.get().find(new QueuedBlocks.Place(run, start));
                if (request != null) {
                    return Resolution.of(request);
                }
            }
        }
        return !build.isComplete() && isInOutsideBlock(build, enclosing) ? Resolution.LATER : Resolution.FREE;
    }

    /** Whether any {@code gpu} block among these takes its GPUs with a node in it: it wants one of its own, or has none around it. */
    private static boolean isInOutsideBlock(FlowExecution build, List<String> enclosing) throws IOException {
        boolean withoutNode = false;
        for (String start : enclosing) {
            FlowNode block = build.getNode(start);
            if (isOf(block, GpuStep.DescriptorImpl.class)) {
                if (Boolean.TRUE.equals(ArgumentsAction.getArguments(block).get("ownNode"))) {
                    return true;
                }
                withoutNode = true;
            } else if (isOf(block, ExecutorStep.DescriptorImpl.class)) {
                withoutNode = false;
            }
        }
        return withoutNode;
    }

    private static boolean isOf(@CheckForNull FlowNode node, Class<? extends StepDescriptor> descriptor) {
        return node instanceof StepNode step && descriptor.isInstance(step.getDescriptor());
    }
}
