package io.jenkins.plugins.gpulease.dashboard;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** A snapshot as JSON for one reader: parts that are text already, put together. Not thread-safe. */
final class LiveJson {

    private static final int USUAL_SIZE = 1 << 14;

    private final Snapshot snapshot;
    private final Sight sight;
    private final List<NodePart> nodes;
    private final boolean floating;
    private final StringBuilder out = new StringBuilder(USUAL_SIZE);
    private boolean first;

    private LiveJson(Snapshot snapshot, Sight sight, @CheckForNull String only) {
        this.snapshot = snapshot;
        this.sight = sight;
        this.floating = only == null && sight.seesFloating();
        Predicate<NodePart> asked = only == null ? NodePart::isShown : part -> part.node().equals(only);
        this.nodes = snapshot.nodes().stream()
                .filter(asked)
                .filter(part -> sight.isUnlimited() || sight.sees(part.node()))
                .toList();
    }

    /**
     * What a reader may see.
     *
     * @param only the name of the one node that is asked for; null for all
     */
    @NonNull
    static String of(@NonNull Snapshot snapshot, @NonNull Sight sight, @CheckForNull String only) {
        return new LiveJson(snapshot, sight, only).compose();
    }

    private String compose() {
        out.append("{\"version\":").append(snapshot.number()).append(",\"paused\":").append(snapshot.paused());
        list("nodes", nodes, part -> out.append(part.json(sight.isUnlimited() || sight.isTold(part.node()))));
        open("leases");
        nodes.forEach(part -> part.leases().forEach(this::holder));
        out.append(']');
        open("waiters");
        if (floating) {
            snapshot.floating().forEach(this::holder);
        }
        nodes.forEach(part -> part.waiters().forEach(this::holder));
        out.append(']');
        list("manages", nodes.stream().filter(part -> sight.isUnlimited() || sight.manages(part.node())).toList(),
                part -> out.append(new JsonText().put("name", part.node()).end()));
        list("history", snapshot.history().stream().filter(this::isShown).toList(), this::entry);
        return out.append('}').toString();
    }

    private void holder(HolderPart part) {
        comma();
        part.write(out, sight.isUnlimited() || sight.sees(part.job()));
    }

    private boolean isShown(HistoryEntry entry) {
        return nodes.stream().anyMatch(part -> part.node().equals(entry.node()))
                && entry.holders().stream().allMatch(holder -> sight.isUnlimited() || sight.sees(HolderJob.of(holder)));
    }

    private void entry(HistoryEntry entry) {
        out.append(new JsonText()
                .put("at", entry.at().toEpochMilli())
                .put("who", entry.who())
                .put("node", entry.node())
                .put("what", entry.what())
                .put("names", entry.holders().stream().map(holder -> holder.name()).toList())
                .end());
    }

    private <T> void list(String name, List<T> entries, Consumer<T> write) {
        open(name);
        for (T entry : entries) {
            comma();
            write.accept(entry);
        }
        out.append(']');
    }

    private void open(String name) {
        out.append(",\"").append(name).append("\":[");
        first = true;
    }

    private void comma() {
        if (!first) {
            out.append(',');
        }
        first = false;
    }
}
