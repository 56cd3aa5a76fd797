package io.jenkins.plugins.gpulease.engine.device;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.Serializable;

/**
 * The connection of two devices.
 *
 * @param interconnect the best path between them
 * @param nvLinks number of NVLinks between them (direct) or to the switch (the smaller of the two); 0 without NVLink
 */
public record Link(@NonNull Interconnect interconnect, int nvLinks) implements Serializable {

    public static final Link UNKNOWN = new Link(Interconnect.UNKNOWN, 0);

    @Override
    public String toString() {
        return nvLinks > 0 ? interconnect.symbol() + nvLinks : interconnect.symbol();
    }
}
