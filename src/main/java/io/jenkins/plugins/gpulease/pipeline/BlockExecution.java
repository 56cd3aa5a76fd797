package io.jenkins.plugins.gpulease.pipeline;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.SuppressFBWarnings;
import hudson.AbortException;
import io.jenkins.plugins.gpulease.request.LeaseLog;
import java.io.IOException;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;

/** What all {@code gpu} blocks have in common, inside of a node or around one. Nothing of it is stored. */
@SuppressFBWarnings(value = "SE_TRANSIENT_FIELD_NOT_RESTORED", justification = "what isn't stored is made anew in onResume")
abstract class BlockExecution extends StepExecution implements GpuBlock {

    private static final long serialVersionUID = 1L;
    private static final Logger LOGGER = Logger.getLogger(BlockExecution.class.getName());

    /** What its body is to fail with, whatever it makes of that. */
    @CheckForNull
    private transient volatile Throwable broken;

    private transient volatile boolean settled;
    private transient LeaseLog log;

    BlockExecution(@NonNull StepContext context) {
        super(context);
    }

    @Override
    public final void onResume() {
        try {
            resume();
        } catch (IOException | InterruptedException | RuntimeException e) {
            LOGGER.log(Level.WARNING, e, () -> "Could not resume GPU lease " + leaseId() + " of " + getContext());
            stop(new AbortException(Messages.BlockExecution_cannotResume(e.getMessage())));
        } finally {
            settle();
        }
    }

    abstract void resume() throws IOException, InterruptedException;

    @Override
    public abstract void stop(@NonNull Throwable cause);

    /** The table of leases knows of it. */
    final void settle() {
        settled = true;
    }

    @Override
    public final boolean isSettled() {
        return settled;
    }

    @Override
    public final void overBudget(@NonNull List<String> warning, @CheckForNull Throwable failure) {
        log().write(warning);
        if (failure != null) {
            broken = failure;
            refuse(failure);
        }
    }

    /** Stops its body, if that runs. */
    abstract void refuse(@NonNull Throwable failure);

    /** How its body ended, unless that was to fail anyway. */
    @NonNull
    final BodyOutcome outcome(@NonNull BodyOutcome ended) {
        return ended.orFailure(broken);
    }

    /** Made anew after a restart. */
    @NonNull
    final synchronized LeaseLog log() {
        if (log == null) {
            log = new LeaseLog(getContext());
        }
        return log;
    }
}
