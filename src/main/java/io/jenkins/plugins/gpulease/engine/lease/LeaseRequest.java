package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;

/**
 * A request for devices of one node: a certain one, or whichever can serve it.
 *
 * @param id chosen by the holder, unique; becomes the id of the lease
 * @param node name of the node; null for a request that floats: {@link LeaseTable#requestAnywhere}
 * @param devices what is asked for
 * @param priority higher goes first; equal ones in the order of arrival
 * @param parentLease id of the enclosing lease that the devices are taken out of; null to take them from the node
 * @param onlyIfIdle fail with {@link LeaseFailure.Kind#BUSY} instead of waiting
 */
public record LeaseRequest(
        @NonNull String id,
        @CheckForNull String node,
        @NonNull DeviceRequest devices,
        @NonNull Holder holder,
        int priority,
        @CheckForNull String parentLease,
        boolean onlyIfIdle) {}
