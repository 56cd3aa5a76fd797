package io.jenkins.plugins.gpulease.engine.device;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.Serializable;
import java.util.List;

/**
 * How the GPUs of a node are connected: a symmetric matrix.
 *
 * @param uuids the GPUs (not MIG instances), in the order of the matrix
 * @param links one row for each GPU, with one link for each GPU; the diagonal is {@link Interconnect#SAME_BOARD}
 */
public record Topology(@NonNull List<String> uuids, @NonNull List<List<Link>> links) implements Serializable {

    public static final Topology NONE = new Topology(List.of(), List.of());

    public Topology {
        uuids = List.copyOf(uuids);
        links = List.copyOf(links.stream().map(List::copyOf).toList());
        int size = uuids.size();
        if (links.size() != size || links.stream().anyMatch(row -> row.size() != size)) {
            throw new IllegalArgumentException("The topology of " + size + " devices needs a matrix of that size");
        }
    }

    /** The link between two GPUs, {@link Link#UNKNOWN} if either isn't in the matrix. */
    @NonNull
    public Link between(@NonNull String uuid, @NonNull String other) {
        int row = uuids.indexOf(uuid);
        int column = uuids.indexOf(other);
        return row < 0 || column < 0 ? Link.UNKNOWN : links.get(row).get(column);
    }
}
