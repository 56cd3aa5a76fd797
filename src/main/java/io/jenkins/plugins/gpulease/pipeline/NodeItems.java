package io.jenkins.plugins.gpulease.pipeline;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Queue;
import io.jenkins.plugins.gpulease.queue.ItemResolver;
import io.jenkins.plugins.gpulease.queue.QueuedRequest;
import io.jenkins.plugins.gpulease.queue.Resolution;
import java.io.IOException;
import java.util.List;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionList;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.graph.StepNode;
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
    public Resolution resolve(@NonNull Queue.Item item, boolean resumed) throws IOException, InterruptedException {
        if (!resumed && !FlowExecutionList.get().isResumptionComplete()) {
            return Resolution.LATER; // to look now would load its build before its time
        }
        FlowNode step = ((PlaceholderTask) item.task).getNode();
        return step == null ? Resolution.FREE : around(step, resumed);
    }

    /** A block that isn't known may still have to resume. */
    private static Resolution around(FlowNode step, boolean resumed) throws IOException {
        FlowExecution build = step.getExecution();
        List<String> enclosing = step.getAllEnclosingIds();
        boolean unknown = false;
        for (String start : enclosing) { // from inside to outside
            QueuedRequest request = QueuedBlocks.get().find(new QueuedBlocks.Place(build.getOwner(), start));
            if (request != null) {
                return Resolution.of(request);
            }
            unknown |= !resumed && isGpuBlock(build.getNode(start));
        }
        return unknown ? Resolution.LATER : Resolution.FREE;
    }

    private static boolean isGpuBlock(FlowNode node) {
        return node instanceof StepNode step && step.getDescriptor() instanceof GpuStep.DescriptorImpl;
    }
}
