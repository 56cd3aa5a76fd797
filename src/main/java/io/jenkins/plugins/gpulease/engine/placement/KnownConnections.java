package io.jenkins.plugins.gpulease.engine.placement;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Topology;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The connections of topologies that are in use. A topology is known by its identity, since comparing one costs as much as
 * reading it, and forgotten once nobody else has it. Thread-safe.
 */
final class KnownConnections {

    private final Map<Key, Connections> known = new ConcurrentHashMap<>();
    private final ReferenceQueue<Topology> forgotten = new ReferenceQueue<>();

    @NonNull
    Connections of(@NonNull Topology topology) {
        Connections connections = known.get(new Wanted(topology));
        if (connections == null) {
            forget();
            connections = new Connections(topology);
            known.put(new Kept(topology, forgotten), connections);
        }
        return connections;
    }

    private void forget() {
        for (Reference<?> gone = forgotten.poll(); gone != null; gone = forgotten.poll()) {
            known.remove((Key) gone);
        }
    }

    int size() {
        forget();
        return known.size();
    }

    /** Equal if it is of the same topology. */
    private interface Key {

        @CheckForNull
        Topology topology();

        default boolean isSame(Object other) {
            return other instanceof Key && topology() != null && topology() == ((Key) other).topology();
        }
    }

    /** To look for. */
    private static final class Wanted implements Key {
        private final Topology topology;

        Wanted(Topology topology) {
            this.topology = topology;
        }

        @Override
        public Topology topology() {
            return topology;
        }

        @Override
        public boolean equals(Object other) {
            return isSame(other);
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(topology);
        }
    }

    /** To be found, as long as the topology is in use. */
    private static final class Kept extends WeakReference<Topology> implements Key {
        private final int hash;

        Kept(Topology topology, ReferenceQueue<Topology> forgotten) {
            super(topology, forgotten);
            hash = System.identityHashCode(topology);
        }

        @Override
        public Topology topology() {
            return get();
        }

        @Override
        public boolean equals(Object other) {
            return this == other || isSame(other);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }
}
