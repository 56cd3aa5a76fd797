package io.jenkins.plugins.gpulease.lifecycle;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.Objects;
import jenkins.model.CauseOfInterruption;

/** Somebody released the GPUs that a block or a build had. Stored with builds. */
final class LeaseReleased extends CauseOfInterruption {

    private static final long serialVersionUID = 1L;

    private final String user;

    LeaseReleased(@NonNull String user) {
        this.user = user;
    }

    @Override
    public String getShortDescription() {
        return Messages.LeaseReleased_description(user);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LeaseReleased released && released.user.equals(user);
    }

    @Override
    public int hashCode() {
        return Objects.hashCode(user);
    }
}
