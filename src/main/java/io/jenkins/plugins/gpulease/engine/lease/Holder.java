package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.Serializable;

/**
 * Who holds a lease or waits for one: a step execution of a build, a freestyle build, or a shell command.
 *
 * @param id stable over restarts; what it means is known to who made it (for a build: its external id)
 * @param name for people, such as {@code training #12}
 */
public record Holder(@NonNull String id, @NonNull String name) implements Serializable {

    @Override
    public String toString() {
        return name;
    }
}
