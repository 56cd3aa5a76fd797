package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Somebody in the order, as {@link Turns} needs to see it. */
interface Contender {

    /** UUIDs of the devices that it could ever use, idle or not. */
    @NonNull
    Set<String> suitable();

    /** Whether it would be served once everything that is leased now has come back. */
    boolean isServedInTime();

    /** How often somebody behind it went first. */
    int overtaken();

    /** How many devices it needs; more than there are for all of them. */
    int count();

    /** Memory that it wants of each device, which it shares; null to have devices to itself. */
    @CheckForNull
    MemorySize budget();

    /** Its choice among what may be had; empty if that doesn't suffice. */
    @NonNull
    Optional<List<Device>> choose(@NonNull Supply supply);
}
