package io.jenkins.plugins.gpulease.request;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.console.ModelHyperlinkNote;
import hudson.model.Run;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.build.BuildHolder;
import io.jenkins.plugins.gpulease.engine.lease.Holder;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.lease.LeaseTable;
import io.jenkins.plugins.gpulease.engine.lease.NodeView;
import io.jenkins.plugins.gpulease.engine.lease.WaiterView;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Turns the names of the builds that hold leases, or wait, into links to them. For one report; not kept. */
final class HolderLinks {

    private static final Logger LOGGER = Logger.getLogger(HolderLinks.class.getName());

    /** So that a name that begins another one doesn't hide it. */
    private static final Comparator<Holder> LONGEST_FIRST =
            Comparator.comparingInt((Holder holder) -> holder.name().length()).reversed();

    private final Map<String, String> linkByName = new LinkedHashMap<>();
    private final Pattern anyName;

    private HolderLinks(Stream<Holder> holders, List<String> lines) {
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            holders.distinct()
                    .filter(holder -> lines.stream().anyMatch(line -> line.contains(holder.name())))
                    .sorted(LONGEST_FIRST)
                    .forEach(this::link);
        }
        anyName = Pattern.compile(linkByName.keySet().stream().map(Pattern::quote).collect(Collectors.joining("|")));
    }

    /**
     * Links for a report on a request.
     *
     * @param node that it is bound to; null if it floats
     */
    @NonNull
    static HolderLinks in(@NonNull List<String> lines, @CheckForNull String node) {
        LeaseTable table = GpuLeases.get().table();
        List<NodeView> nodes = node == null ? table.views() : table.view(node).stream().toList();
        Stream<WaiterView> floating = node == null ? table.floating().stream() : Stream.empty();
        return new HolderLinks(
                Stream.concat(
                        nodes.stream().flatMap(view -> view.leases().stream()).map(Lease::holder),
                        Stream.concat(nodes.stream().flatMap(view -> view.waiters().stream()), floating)
                                .filter(waiter -> waiter.place() <= LeaseTable.NAMED_WAITERS)
                                .map(waiter -> waiter.request().holder())),
                lines);
    }

    private void link(Holder holder) {
        try {
            Run<?, ?> run = BuildHolder.run(holder);
            if (run != null) {
                linkByName.put(holder.name(), ModelHyperlinkNote.encodeTo("/" + run.getUrl(), holder.name()));
            }
        } catch (RuntimeException e) { // mostly: no build any more
            LOGGER.log(Level.FINE, e, () -> holder + " is not linked");
        }
    }

    /** The line with all names in it linked. */
    @NonNull
    String in(@NonNull String line) {
        return linkByName.isEmpty()
                ? line
                : anyName.matcher(line).replaceAll(name -> Matcher.quoteReplacement(linkByName.get(name.group())));
    }
}
