package io.jenkins.plugins.gpulease.request;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Result;
import java.io.Serializable;
import java.util.Objects;
import jenkins.model.CauseOfInterruption;
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException;
import org.jenkinsci.plugins.workflow.support.steps.AgentErrorCondition;

/**
 * A block failed because its GPU or its node is lost, not because of what it did; so {@code retry(conditions: [agent()])} tries
 * again.
 */
public final class GpuLoss extends CauseOfInterruption implements AgentErrorCondition.Retryable, Serializable {

    private static final long serialVersionUID = 1L;

    private final String description;

    private GpuLoss(String description) {
        this.description = description;
    }

    /** The failure to end the block with. */
    @NonNull
    public static FlowInterruptedException failure(@NonNull String description) {
        return new FlowInterruptedException(Result.FAILURE, false, new GpuLoss(description));
    }

    @Override
    public String getShortDescription() {
        return description;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GpuLoss loss && loss.description.equals(description);
    }

    @Override
    public int hashCode() {
        return Objects.hashCode(description);
    }
}
