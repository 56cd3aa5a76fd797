package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Waiters in their order. Who comes mostly comes last, and who goes was mostly the first: then it takes one step, whatever their
 * number. Guarded by the registry's lock.
 */
final class Row {

    /** Each stands behind the one before. */
    private final ArrayDeque<Waiter> inOrder = new ArrayDeque<>(2);

    /** Who came later but stands before one of them; null if nobody does. */
    private TreeSet<Waiter> pushedIn;

    boolean isEmpty() {
        return inOrder.isEmpty() && pushedIn == null;
    }

    @CheckForNull
    Waiter first() {
        Waiter first = inOrder.peekFirst();
        if (pushedIn == null) {
            return first;
        }
        return first == null || Waiter.ORDER.compare(pushedIn.first(), first) < 0 ? pushedIn.first() : first;
    }

    void add(Waiter waiter) {
        Waiter last = inOrder.peekLast();
        if (last == null || Waiter.ORDER.compare(last, waiter) < 0) {
            inOrder.addLast(waiter);
            return;
        }
        if (pushedIn == null) {
            pushedIn = new TreeSet<>(Waiter.ORDER);
        }
        pushedIn.add(waiter);
    }

    /** @return whether it was there */
    boolean remove(Waiter waiter) {
        if (pushedIn != null && pushedIn.remove(waiter)) {
            forgetEmpty();
            return true;
        }
        return inOrder.remove(waiter);
    }

    /** Removes those before one that a condition holds for; it is asked of each. */
    void removeBefore(Waiter end, Predicate<Waiter> condition) {
        removeBefore(inOrder.iterator(), end, condition);
        if (pushedIn != null) {
            removeBefore(pushedIn.iterator(), end, condition);
            forgetEmpty();
        }
    }

    private static void removeBefore(Iterator<Waiter> waiters, Waiter end, Predicate<Waiter> condition) {
        while (waiters.hasNext()) {
            Waiter waiter = waiters.next();
            if (Waiter.ORDER.compare(waiter, end) >= 0) {
                return;
            }
            if (condition.test(waiter)) {
                waiters.remove();
            }
        }
    }

    private void forgetEmpty() {
        if (pushedIn != null && pushedIn.isEmpty()) {
            pushedIn = null;
        }
    }

    List<Waiter> list() {
        return merged(this, new Row());
    }

    /** Those of both. */
    static List<Waiter> merged(Row one, Row other) {
        List<Waiter> all = new ArrayList<>(one.inOrder);
        all.addAll(other.inOrder);
        for (Row row : List.of(one, other)) {
            if (row.pushedIn != null) {
                all.addAll(row.pushedIn);
            }
        }
        all.sort(Waiter.ORDER);
        return List.copyOf(all);
    }
}
