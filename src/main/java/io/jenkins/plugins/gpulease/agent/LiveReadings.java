package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.ExtensionList;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import io.jenkins.plugins.gpulease.engine.lease.DeviceView;
import io.jenkins.plugins.gpulease.engine.lease.NodeView;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * What the devices of each node were doing when they were last read, for people who look at a page. They are read together with
 * what a node's probe is asked anyway, and only while somebody looks. Thread-safe, without a lock.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class LiveReadings {

    /** A page asks every few seconds. */
    private static final Duration AUDIENCE_STAYS = Duration.ofSeconds(30);

    /** Where nothing is leased, hardly anything changes, and the question is an extra one. */
    private static final Duration IDLE_NODE_EVERY = Duration.ofSeconds(30);

    private record Read(Map<String, Reading> readings, Instant at) {}

    private final Map<String, Read> byNode = new ConcurrentHashMap<>();
    private final AtomicLong version = new AtomicLong();
    private volatile Instant wantedUntil = Instant.EPOCH;

    @NonNull
    public static LiveReadings get() {
        return ExtensionList.lookupSingleton(LiveReadings.class);
    }

    /** Somebody looks: readings are taken for half a minute from now on. */
    public void want() {
        wantedUntil = Instant.now().plus(AUDIENCE_STAYS);
    }

    /** The last readings of a node's devices by UUID; empty if there are none. Devices may be gone since. */
    @NonNull
    public Map<String, Reading> of(@NonNull String node) {
        Read read = byNode.get(node);
        return read == null ? Map.of() : read.readings;
    }

    /** Grows with each reading. */
    public long version() {
        return version.get();
    }

    /** UUIDs of the devices of a node that are to be read now; empty if nobody looks. */
    @NonNull
    List<String> due(@NonNull NodeView view, @NonNull Instant now) {
        if (now.isAfter(wantedUntil) || view.leases().isEmpty() && isFresh(view.node(), now)) {
            return List.of();
        }
        return view.devices().stream().map(DeviceView::device).map(device -> device.uuid()).toList();
    }

    private boolean isFresh(String node, Instant now) {
        Read read = byNode.get(node);
        return read != null && now.isBefore(read.at.plus(IDLE_NODE_EVERY));
    }

    void put(@NonNull String node, @NonNull Map<String, Reading> readings, @NonNull Instant now) {
        byNode.put(node, new Read(Map.copyOf(readings), now));
        version.incrementAndGet();
    }

    void forget(@NonNull String node) {
        byNode.remove(node);
    }
}
