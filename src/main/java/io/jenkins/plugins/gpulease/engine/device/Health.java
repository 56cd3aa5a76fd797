package io.jenkins.plugins.gpulease.engine.device;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.Serializable;

/**
 * Whether a device is fit for work.
 *
 * @param problem why it is not, for people; null if it is
 */
public record Health(@CheckForNull String problem) implements Serializable {

    public static final Health OK = new Health(null);

    @NonNull
    public static Health sick(@NonNull String problem) {
        return new Health(problem);
    }

    public boolean isOk() {
        return problem == null;
    }

    @Override
    public String toString() {
        return isOk() ? "ok" : problem;
    }
}
