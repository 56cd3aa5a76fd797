package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.Instant;

/**
 * A request that isn't granted yet.
 *
 * @param place in the order of its node (or enclosing lease, or of those that aren't bound to a node), 1 or more
 * @param of number of those that wait there
 * @param since when it arrived
 * @param overtaken how often a later request went first
 */
public record WaiterView(@NonNull LeaseRequest request, int place, int of, @NonNull Instant since, int overtaken) {}
