package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * The order of those that wait for the same: the devices of a node, those of a lease, or those of any node. Who isn't offered
 * anything stands in a {@link Line} with those that are alike. Guarded by the registry's lock.
 */
final class WaitingOrder {

    private final DevicePool pool;
    private final Fairness fairness;
    private final NavigableSet<Waiter> members = new TreeSet<>(Waiter.ORDER);
    private final Set<Waiter> impatient = new LinkedHashSet<>();
    private final Map<Line.Kind, Line> lines = new LinkedHashMap<>();
    private int sharing;
    private List<NodePool> given = new ArrayList<>();

    /** @param pool what they wait for; null for any node */
    WaitingOrder(@CheckForNull DevicePool pool, Fairness fairness) {
        this.pool = pool;
        this.fairness = fairness;
    }

    @CheckForNull
    DevicePool pool() {
        return pool;
    }

    /** Everybody, first come first. */
    NavigableSet<Waiter> members() {
        return members;
    }

    boolean isEmpty() {
        return members.isEmpty();
    }

    /** Waiters that would rather have nothing than wait. */
    Collection<Waiter> impatient() {
        return impatient.isEmpty() ? List.of() : List.copyOf(impatient);
    }

    /** Whether any of those that aren't offered anything would share devices. */
    boolean isSharing() {
        return sharing > 0;
    }

    /** Those that aren't offered anything, alike ones together. */
    Collection<Line> lines() {
        return lines.values();
    }

    /** Lets a waiter in, which stands in no line yet. */
    void enter(Waiter waiter) {
        waiter.rank(fairness);
        members.add(waiter);
        if (waiter.request().onlyIfIdle()) {
            impatient.add(waiter);
        }
    }

    void leave(Waiter waiter) {
        stepOut(waiter);
        members.remove(waiter);
        impatient.remove(waiter);
    }

    /** From now on it takes part in the contest. */
    void lineUp(Waiter waiter) {
        Waiter picky = waiter.isPicky() ? waiter : null;
        Line.Kind kind = new Line.Kind(waiter.devices(), waiter.candidates(), picky);
        lines.computeIfAbsent(kind, any -> new Line(any, fairness)).add(waiter);
        sharing += waiter.devices().shared() ? 1 : 0;
    }

    /** From now on it doesn't take part in the contest. */
    void stepOut(Waiter waiter) {
        Line line = waiter.line();
        if (line != null) {
            NodePool kept = line.remove(waiter);
            sharing -= waiter.devices().shared() ? 1 : 0;
            if (kept != null) {
                given.add(kept);
            }
            if (line.first() == null) {
                lines.remove(line.kind());
            }
        }
    }

    /** Changes what a waiter's line depends on. */
    void relocate(Waiter waiter, Runnable change) {
        boolean lined = waiter.line() != null;
        stepOut(waiter);
        change.run();
        if (lined) {
            lineUp(waiter);
        }
    }

    /** Sorts everybody anew after the rules have changed. */
    void sortAnew() {
        List<Waiter> all = List.copyOf(members);
        List<Waiter> lined = all.stream().filter(waiter -> waiter.line() != null).toList();
        lined.forEach(this::stepOut);
        members.clear();
        all.forEach(waiter -> waiter.rank(fairness));
        members.addAll(all);
        lined.forEach(this::lineUp);
    }

    /** Devices are no longer kept there. */
    void giveUp(NodePool node) {
        given.add(node);
    }

    /** Nodes where devices were kept that are no longer; each is told once. */
    List<NodePool> takeGivenUp() {
        if (given.isEmpty()) {
            return List.of();
        }
        List<NodePool> nodes = given;
        given = new ArrayList<>();
        return nodes;
    }
}
