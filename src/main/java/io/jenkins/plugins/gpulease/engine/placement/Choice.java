package io.jenkins.plugins.gpulease.engine.placement;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import java.util.List;

/**
 * Devices chosen for a request, and how good the choice is: the lesser choice is the better one. Choices for one request can be
 * compared whatever node they are of. Ordered by their score alone, so two different ones may compare as equal.
 *
 * @param devices in the order of PCI bus id
 */
public record Choice(@NonNull List<Device> devices, @NonNull Score score) implements Comparable<Choice> {

    public Choice {
        devices = List.copyOf(devices);
    }

    @Override
    public int compareTo(@NonNull Choice other) {
        return score.compareTo(other.score);
    }
}
