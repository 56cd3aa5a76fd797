package io.jenkins.plugins.gpulease.dashboard;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.ExtensionList;
import io.jenkins.plugins.gpulease.ActionListener;
import io.jenkins.plugins.gpulease.engine.lease.Holder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** What people did to leases, devices and nodes since Jenkins started: the last {@value #KEPT}; all of it is in Jenkins' log. Thread-safe. */
@Extension
@Restricted(NoExternalUse.class)
public final class History implements ActionListener {

    static final int KEPT = 50;

    private static final Logger LOGGER = Logger.getLogger(History.class.getName());

    private volatile List<HistoryEntry> entries = List.of();

    @NonNull
    static History get() {
        return ExtensionList.lookupSingleton(History.class);
    }

    /** The newest first. */
    @NonNull
    List<HistoryEntry> entries() {
        return entries;
    }

    @Override
    public void onAction(@NonNull String node, @NonNull String what) {
        add(node, what, List.of());
    }

    /** Notes what the current user did. */
    synchronized void add(@NonNull String node, @NonNull String what, @NonNull List<Holder> holders) {
        String who = Jenkins.getAuthentication2().getName();
        LOGGER.log(Level.INFO, "{0} on {1}: {2} {3}", new Object[] {who, node, what, holders.isEmpty() ? "" : holders});
        List<HistoryEntry> newer = new ArrayList<>(entries.size() + 1);
        newer.add(new HistoryEntry(Instant.now(), who, node, what, holders));
        newer.addAll(entries.subList(0, Math.min(entries.size(), KEPT - 1)));
        entries = List.copyOf(newer);
    }
}
