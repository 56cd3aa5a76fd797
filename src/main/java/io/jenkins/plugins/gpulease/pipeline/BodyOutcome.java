package io.jenkins.plugins.gpulease.pipeline;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.SuppressFBWarnings;
import hudson.AbortException;
import hudson.remoting.ProxyException;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.Serializable;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/**
 * How a body ended, kept until its devices are back, and so possibly over a restart. Only simple values are stored, and a
 * failure that can't be stored as a copy of its text: storing any other could fail, and with it the whole build.
 */
@SuppressFBWarnings(value = "SE_TRANSIENT_FIELD_NOT_RESTORED", justification = "what is lost is known to be lost")
final class BodyOutcome implements Serializable {

    private static final long serialVersionUID = 1L;

    @CheckForNull
    private final transient Object value;

    @CheckForNull
    private final Serializable storedValue;

    private final boolean valueStored;

    @CheckForNull
    private final transient Throwable failure;

    @CheckForNull
    private final Throwable storedFailure;

    BodyOutcome(@CheckForNull Object value, @CheckForNull Throwable failure) {
        this.value = value;
        this.failure = failure;
        valueStored = value == null || value instanceof String || value instanceof Number || value instanceof Boolean;
        storedValue = valueStored ? (Serializable) value : null;
        storedFailure = failure == null || isSerializable(failure) ? failure : new ProxyException(failure);
    }

    private static boolean isSerializable(Throwable failure) {
        try (ObjectOutputStream nowhere = new ObjectOutputStream(OutputStream.nullOutputStream())) {
            nowhere.writeObject(failure);
            return true;
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }

    @CheckForNull
    Throwable failure() {
        return failure;
    }

    /** A failure, if there is one, instead of a success. */
    @NonNull
    BodyOutcome orFailure(@CheckForNull Throwable other) {
        return failure != null || other == null ? this : new BodyOutcome(null, other);
    }

    /** Ends the step as its body ended. */
    void complete(@NonNull StepContext context) {
        if (failure == null) {
            context.onSuccess(value);
        } else {
            context.onFailure(failure);
        }
    }

    /** Ends the step as its body ended before the restart. */
    void completeAfterRestart(@NonNull StepContext context) {
        if (storedFailure != null) {
            context.onFailure(storedFailure);
        } else if (valueStored) {
            context.onSuccess(storedValue);
        } else {
            context.onFailure(new AbortException(Messages.BodyOutcome_valueLost()));
        }
    }
}
