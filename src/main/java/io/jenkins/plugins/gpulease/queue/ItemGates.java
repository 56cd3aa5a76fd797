package io.jenkins.plugins.gpulease.queue;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The gates of items in the build queue, by the items' ids. Looking a gate up takes no lock and makes no object: the queue does it
 * for each item and each node while it holds its own lock. Changes exclude each other. Pure.
 *
 * @param <B> what keeps an item from starting
 */
final class ItemGates<B> {

    private static final int LEAST_BUCKETS = 64;

    /** Whether an item may start on a node. Called for each node under the queue's lock: no lock, no object, no I/O. */
    interface Gate<B> {

        /**
         * What keeps the item from a node.
         *
         * @param node its name as Jenkins has it, empty for the built-in node
         * @return null if nothing does
         */
        @CheckForNull
        B blockage(@NonNull String node);
    }

    private record Entry<B>(long item, Gate<B> gate, Entry<B> next) {

        Entry<B> without(long other) {
            return item == other ? next : new Entry<>(item, gate, next == null ? null : next.without(other));
        }
    }

    private volatile AtomicReferenceArray<Entry<B>> buckets = new AtomicReferenceArray<>(LEAST_BUCKETS);
    private volatile int size;

    /** What keeps an item from a node; null if nothing does, as for items without a gate. */
    @CheckForNull
    B blockage(long item, @NonNull String node) {
        if (size == 0) {
            return null;
        }
        Gate<B> gate = get(item);
        return gate == null ? null : gate.blockage(node);
    }

    /** The gate of an item; null if it has none. */
    @CheckForNull
    Gate<B> get(long item) {
        AtomicReferenceArray<Entry<B>> array = buckets;
        for (Entry<B> entry = array.get(index(item, array)); entry != null; entry = entry.next) {
            if (entry.item == item) {
                return entry.gate;
            }
        }
        return null;
    }

    /** All gates, one for each item that has one. */
    @NonNull
    synchronized List<Gate<B>> all() {
        List<Gate<B>> all = new ArrayList<>(size);
        AtomicReferenceArray<Entry<B>> array = buckets;
        for (int i = 0; i < array.length(); i++) {
            for (Entry<B> entry = array.get(i); entry != null; entry = entry.next) {
                all.add(entry.gate);
            }
        }
        return all;
    }

    synchronized void put(long item, @NonNull Gate<B> gate) {
        boolean isNew = get(item) == null;
        if (isNew && size >= 2 * buckets.length()) {
            grow();
        }
        AtomicReferenceArray<Entry<B>> array = buckets;
        int index = index(item, array);
        Entry<B> first = array.get(index);
        array.set(index, new Entry<>(item, gate, isNew || first == null ? first : first.without(item)));
        size = isNew ? size + 1 : size;
    }

    /** @return its gate; null if it had none */
    @CheckForNull
    synchronized Gate<B> remove(long item) {
        Gate<B> gate = get(item);
        if (gate != null) {
            AtomicReferenceArray<Entry<B>> array = buckets;
            int index = index(item, array);
            array.set(index, array.get(index).without(item));
            size = size - 1;
        }
        return gate;
    }

    /** @return false if its gate isn't the expected one any more; then nothing changes */
    synchronized boolean remove(long item, @NonNull Gate<B> expected) {
        boolean same = get(item) == expected;
        if (same) {
            remove(item);
        }
        return same;
    }

    /**
     * Replaces a gate if it is still the expected one, as one step with what belongs to that.
     *
     * @param step run before, if it is; takes only locks under which no gate is asked for
     */
    synchronized boolean replace(long item, @NonNull Gate<B> expected, @NonNull Gate<B> gate, @NonNull Runnable step) {
        boolean same = get(item) == expected;
        if (same) {
            step.run();
            put(item, gate);
        }
        return same;
    }

    private void grow() {
        AtomicReferenceArray<Entry<B>> old = buckets;
        AtomicReferenceArray<Entry<B>> larger = new AtomicReferenceArray<>(2 * old.length());
        for (int i = 0; i < old.length(); i++) {
            for (Entry<B> entry = old.get(i); entry != null; entry = entry.next) {
                int index = index(entry.item, larger);
                larger.set(index, new Entry<>(entry.item, entry.gate, larger.get(index)));
            }
        }
        buckets = larger;
    }

    /** Ids are given in sequence, so their last bits spread well. */
    private static int index(long item, AtomicReferenceArray<?> array) {
        return (int) (item & (array.length() - 1));
    }
}
