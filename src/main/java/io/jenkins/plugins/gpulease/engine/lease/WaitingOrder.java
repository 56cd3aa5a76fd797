package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The order of those that wait for the same: the devices of a node, those of a lease, or those of any node. Who isn't offered
 * anything stands in a {@link Line} with those that are alike. Guarded by the registry's lock.
 */
final class WaitingOrder {

    private final DevicePool pool;
    private final Fairness fairness;

    private final Row members = new Row();

    /** The same; null unless somebody has asked since it changed. */
    private List<Waiter> listed;

    /** Null if there are none, which is asked at each change. */
    private Set<Waiter> impatient;

    private final Map<Line.Kind, Line> lines = new LinkedHashMap<>();
    private int sharing;
    private final List<NodePool> given = new ArrayList<>(0);

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
    List<Waiter> members() {
        if (listed == null) {
            listed = members.list();
        }
        return listed;
    }

    boolean isEmpty() {
        return members.isEmpty();
    }

    /** Waiters that would rather have nothing than wait. */
    Collection<Waiter> impatient() {
        return impatient == null ? List.of() : List.copyOf(impatient);
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
        listed = null;
        if (waiter.request().onlyIfIdle()) {
            impatient = impatient == null ? new LinkedHashSet<>() : impatient;
            impatient.add(waiter);
        }
    }

    void leave(Waiter waiter) {
        stepOut(waiter);
        members.remove(waiter);
        listed = null;
        if (impatient != null && impatient.remove(waiter) && impatient.isEmpty()) {
            impatient = null;
        }
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
        List<Waiter> all = members();
        List<Waiter> lined = all.stream().filter(waiter -> waiter.line() != null).toList();
        lined.forEach(this::stepOut);
        all.forEach(members::remove);
        all.forEach(waiter -> {
            waiter.rank(fairness);
            members.add(waiter);
        });
        listed = null;
        lined.forEach(this::lineUp);
    }

    /** Devices are no longer kept there. */
    void giveUp(NodePool node) {
        given.add(node);
    }

    /** The pools of nodes where devices were kept that are no longer; each is told once. */
    Collection<DevicePool> takeGivenUp() {
        if (given.isEmpty()) {
            return List.of();
        }
        Set<DevicePool> pools = new LinkedHashSet<>();
        given.forEach(node -> pools.add(node.root()));
        given.clear();
        return pools;
    }

    /** Whether the wishes of any line can't even be compared with devices. */
    boolean hasFault() {
        for (Line line : lines.values()) {
            if (line.fault() != null) {
                return true;
            }
        }
        return false;
    }
}
