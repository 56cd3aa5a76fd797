package io.jenkins.plugins.gpulease.pipeline;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.agent.NodeEnvironment;
import io.jenkins.plugins.gpulease.build.StoredLease;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import java.io.IOException;
import org.jenkinsci.plugins.workflow.steps.BodyExecutionCallback;
import org.jenkinsci.plugins.workflow.steps.BodyInvoker;
import org.jenkinsci.plugins.workflow.steps.EnvironmentExpander;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/** The body of a {@code gpu} block: what it runs with, and what its start and end do. Stored with the Pipeline. */
final class LeaseBody extends BodyExecutionCallback {

    private static final long serialVersionUID = 1L;

    private final GpuStepExecution execution;
    private final StoredLease lease;

    private LeaseBody(GpuStepExecution execution, StoredLease lease) {
        this.execution = execution;
        this.lease = lease;
    }

    /** Runs the body with the variables of a lease, once it is started. */
    @NonNull
    static BodyInvoker invoker(@NonNull GpuStepExecution execution, @NonNull Lease lease, @CheckForNull EnclosingLease outer)
            throws IOException, InterruptedException {
        StepContext context = execution.getContext();
        EnvironmentExpander variables = EnvironmentExpander.merge(
                context.get(EnvironmentExpander.class), new LeaseVariables(NodeEnvironment.of(lease)));
        return context.newBodyInvoker()
                .withContexts(variables, new EnclosingLease(lease.id(), lease.node(), outer))
                .withCallback(new LeaseBody(execution, new StoredLease(lease)));
    }

    @Override
    public void onStart(StepContext context) {
        execution.bodyStarted(lease);
    }

    @Override
    public void onSuccess(StepContext context, Object result) {
        execution.bodyEnded(lease, new BodyOutcome(result, null));
    }

    @Override
    public void onFailure(StepContext context, Throwable failure) {
        execution.bodyEnded(lease, new BodyOutcome(null, failure));
    }
}
