package io.jenkins.plugins.gpulease.lifecycle;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Executor;
import hudson.model.Result;
import hudson.model.Run;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.build.BuildHolder;
import io.jenkins.plugins.gpulease.build.BuildLeases;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.pipeline.GpuBlock;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.CauseOfInterruption;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionOwner;
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException;
import org.jenkinsci.plugins.workflow.steps.StepExecution;

/**
 * Ends a lease because a person wants it: whatever holds it is stopped, and gives it back. A block of a Pipeline is aborted, of
 * another build all of it; where nothing is found that could be stopped, the lease is taken away.
 */
public final class LeaseAbort {

    private static final Logger LOGGER = Logger.getLogger(LeaseAbort.class.getName());

    private final Lease lease;
    private final CauseOfInterruption cause;

    private LeaseAbort(Lease lease, CauseOfInterruption cause) {
        this.lease = lease;
        this.cause = cause;
    }

    /**
     * Begins it; returns at once.
     *
     * @param user who wants it, for people
     */
    public static void begin(@NonNull Lease lease, @NonNull String user) {
        new LeaseAbort(lease, new LeaseReleased(user)).begin();
    }

    private void begin() {
        Run<?, ?> run = run();
        FlowExecution pipeline = run instanceof FlowExecutionOwner.Executable executable ? pipeline(executable) : null;
        if (pipeline != null) {
            stopBlock(pipeline);
            return;
        }
        Executor executor = run == null ? null : run.getExecutor();
        if (executor == null) {
            takeAway();
        } else {
            executor.interrupt(Result.ABORTED, cause);
        }
    }

    @CheckForNull
    private Run<?, ?> run() {
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            return Run.fromExternalizableId(BuildHolder.runId(lease.holder()));
        } catch (IllegalArgumentException e) {
            return null; // its job is gone, or it is no build
        }
    }

    @CheckForNull
    private static FlowExecution pipeline(FlowExecutionOwner.Executable executable) {
        FlowExecutionOwner owner = executable.asFlowExecutionOwner();
        return owner == null ? null : owner.getOrNull();
    }

    private void stopBlock(FlowExecution pipeline) {
        Futures.addCallback(
                pipeline.getCurrentExecutions(false),
                new FutureCallback<List<StepExecution>>() {
                    @Override
                    public void onSuccess(List<StepExecution> steps) {
                        stopAmong(steps);
                    }

                    @Override
                    public void onFailure(Throwable failure) {
                        LOGGER.log(Level.WARNING, failure, () -> pipeline + " does not tell its steps, so GPU lease " + lease.id()
                                + " is taken away from it");
                        takeAway();
                    }
                },
                GpuLeases.get().executor());
    }

    private void stopAmong(List<StepExecution> steps) {
        for (StepExecution step : steps) {
            if (step instanceof GpuBlock block && block.leaseId().equals(lease.id())) {
                stop(step);
                return;
            }
        }
        takeAway();
    }

    private void stop(StepExecution step) {
        try {
            step.stop(new FlowInterruptedException(Result.ABORTED, true, cause));
        } catch (Exception e) { // whatever it is: the person wants the lease to end
            LOGGER.log(Level.WARNING, e, () -> step.getContext() + " does not stop, so GPU lease " + lease.id() + " is taken away from it");
            takeAway();
        }
    }

    private void takeAway() {
        BuildLeases.end(lease.id(), lease.holder());
    }
}
