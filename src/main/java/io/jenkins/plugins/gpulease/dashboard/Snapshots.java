package io.jenkins.plugins.gpulease.dashboard;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import io.jenkins.plugins.gpulease.engine.lease.LeaseViews;
import io.jenkins.plugins.gpulease.engine.lease.NodeView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The current snapshot, made anew when somebody asks for it and something has changed, at most once a second; parts of nodes that
 * haven't changed are taken over. Thread-safe: whoever comes while another one makes it gets the last one, and doesn't wait.
 */
final class Snapshots {

    private static final long SHORTEST_LIFE = TimeUnit.SECONDS.toNanos(1);

    private final LeaseViews table;
    private final Function<String, Map<String, Reading>> readings;
    private final LongSupplier readingsVersion;
    private final Supplier<List<HistoryEntry>> history;
    private final LongSupplier nanoTime;
    private final AtomicBoolean making = new AtomicBoolean();
    private volatile Made last;

    /** A snapshot, what it was made of, and when. */
    private record Made(Snapshot snapshot, long tableVersion, long readingsVersion, long at) {}

    Snapshots(
            @NonNull LeaseViews table,
            @NonNull Function<String, Map<String, Reading>> readings,
            @NonNull LongSupplier readingsVersion,
            @NonNull Supplier<List<HistoryEntry>> history,
            @NonNull LongSupplier nanoTime) {
        this.table = table;
        this.readings = readings;
        this.readingsVersion = readingsVersion;
        this.history = history;
        this.nanoTime = nanoTime;
    }

    /** The state of at most a second ago. */
    @NonNull
    Snapshot current() {
        Made known = last;
        if (known != null && (isYoung(known) || isCurrent(known) || !making.compareAndSet(false, true))) {
            return known.snapshot;
        }
        return known == null ? first() : next();
    }

    private boolean isYoung(Made made) {
        return nanoTime.getAsLong() - made.at < SHORTEST_LIFE && history.get().equals(made.snapshot.history());
    }

    private boolean isCurrent(Made made) {
        return made.tableVersion == table.version()
                && made.readingsVersion == readingsVersion.getAsLong()
                && made.snapshot.paused() == table.isPaused()
                && made.snapshot.history().equals(history.get());
    }

    /** Only here is there nothing to give to those who come meanwhile. */
    private synchronized Snapshot first() {
        return last == null ? make() : last.snapshot;
    }

    private Snapshot next() {
        try {
            return make();
        } finally {
            making.set(false);
        }
    }

    private Snapshot make() {
        long versionBefore = table.version();
        long readingsBefore = readingsVersion.getAsLong();
        Made before = last;
        Snapshot snapshot = new Snapshot(
                before == null ? 1 : before.snapshot.number() + 1,
                table.isPaused(),
                nodes(before == null ? null : before.snapshot),
                table.floating().stream().map(waiter -> HolderPart.of(waiter, null)).toList(),
                history.get());
        last = new Made(snapshot, versionBefore, readingsBefore, nanoTime.getAsLong());
        return snapshot;
    }

    private List<NodePart> nodes(@CheckForNull Snapshot before) {
        Map<String, NodePart> known = new HashMap<>();
        if (before != null) {
            before.nodes().forEach(part -> known.put(part.node(), part));
        }
        List<NodePart> nodes = new ArrayList<>();
        for (NodeView view : table.views()) {
            Map<String, Reading> read = readings.apply(view.node());
            NodePart same = known.get(view.node());
            nodes.add(same == null ? new NodePart(view, read) : same.with(view, read));
        }
        return nodes;
    }
}
