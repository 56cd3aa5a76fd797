package io.jenkins.plugins.gpulease.pipeline;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Result;
import java.io.Serializable;
import jenkins.model.CauseOfInterruption;
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException;

/** Ends what runs in a block, or a build, that is left out, because its GPUs can't be had at once. */
public final class SkippedBlock extends CauseOfInterruption implements Serializable {

    private static final long serialVersionUID = 1L;

    /** What ends the body; the block itself ends well. */
    @NonNull
    public static FlowInterruptedException interruption() {
        return new FlowInterruptedException(Result.NOT_BUILT, false, new SkippedBlock());
    }

    @Override
    public String getShortDescription() {
        return Messages.SkippedBlock_description();
    }
}
