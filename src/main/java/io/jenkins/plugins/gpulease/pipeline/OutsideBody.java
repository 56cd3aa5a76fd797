package io.jenkins.plugins.gpulease.pipeline;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.IOException;
import org.jenkinsci.plugins.workflow.steps.BodyExecutionCallback;
import org.jenkinsci.plugins.workflow.steps.BodyInvoker;
import org.jenkinsci.plugins.workflow.steps.EnvironmentExpander;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/** The body of a {@code gpu} block that isn't inside a node: what it runs with, and what its end does. Stored with the Pipeline. */
final class OutsideBody extends BodyExecutionCallback {

    private static final long serialVersionUID = 1L;

    private final OutsideBlockExecution execution;

    private OutsideBody(OutsideBlockExecution execution) {
        this.execution = execution;
    }

    @NonNull
    static BodyInvoker invoker(
            @NonNull OutsideBlockExecution execution, @NonNull BlockLease lease, @CheckForNull EnclosingLease outer)
            throws IOException, InterruptedException {
        StepContext context = execution.getContext();
        EnvironmentExpander variables = new NodeVariables(lease, context.get(EnvironmentExpander.class));
        return context.newBodyInvoker()
                .withContexts(variables, new EnclosingLease(lease, outer))
                .withCallback(new OutsideBody(execution));
    }

    @Override
    public void onSuccess(StepContext context, Object result) {
        execution.bodyEnded(new BodyOutcome(result, null));
    }

    @Override
    public void onFailure(StepContext context, Throwable failure) {
        execution.bodyEnded(new BodyOutcome(null, failure));
    }
}
