package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
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

    /** Its choice among idle devices; empty if they don't suffice. */
    @NonNull
    Optional<List<Device>> choose(@NonNull Set<String> idle);
}
