package io.jenkins.plugins.gpulease.dashboard;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.ExtensionList;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.agent.LiveReadings;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The one current snapshot, and what of it goes to pages. Thread-safe. */
@Extension
@Restricted(NoExternalUse.class)
public final class Live {

    /** Numbers of snapshots begin again when Jenkins does. */
    private final String start = Long.toString(ThreadLocalRandom.current().nextLong(), Character.MAX_RADIX);

    private final Snapshots snapshots = new Snapshots(
            GpuLeases.get().table(),
            LiveReadings.get()::of,
            LiveReadings.get()::version,
            History.get()::entries,
            System::nanoTime);

    /** The answer for those who see everything. */
    private volatile Whole whole;

    private record Whole(Snapshot snapshot, byte[] json) {}

    @NonNull
    static Live get() {
        return ExtensionList.lookupSingleton(Live.class);
    }

    @NonNull
    Snapshot snapshot() {
        return snapshots.current();
    }

    /** What tells an answer from others (RFC 9110, 8.8.3): it is another one for each user. Changed permissions show with the next change. */
    @NonNull
    String tag(@NonNull Snapshot snapshot) {
        return '"' + start + '-' + snapshot.number() + '-'
                + Integer.toHexString(Jenkins.getAuthentication2().getName().hashCode()) + '"';
    }

    /** @param only the name of the one node that is asked for; null for all */
    @NonNull
    byte[] json(@NonNull Snapshot snapshot, @CheckForNull String only) {
        Viewer viewer = new Viewer();
        if (!viewer.isUnlimited() || only != null) {
            return LiveJson.of(snapshot, viewer, only).getBytes(StandardCharsets.UTF_8);
        }
        Whole known = whole;
        if (known == null || known.snapshot != snapshot) {
            known = new Whole(snapshot, LiveJson.of(snapshot, viewer, null).getBytes(StandardCharsets.UTF_8));
            whole = known;
        }
        return known.json;
    }
}
