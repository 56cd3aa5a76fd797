package io.jenkins.plugins.gpulease.build.trend;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.Job;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Trends of the jobs that people looked at lately: of {@value #MAX_JOBS} jobs, for a minute or until the job has a new build.
 * Thread-safe; of one job only one thread loads builds at a time.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class TrendCache {

    private static final int MAX_JOBS = 100;
    private static final Duration FRESH = Duration.ofMinutes(1);

    private final Map<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Entry> eldest) {
            return size() > MAX_JOBS;
        }
    };

    @NonNull
    static TrendCache get() {
        return ExtensionList.lookupSingleton(TrendCache.class);
    }

    /** May load builds; see {@link Trend#of}. */
    @NonNull
    Trend of(@NonNull Job<?, ?> job) {
        return entry(job).trend(job);
    }

    /** The entry of this very job, not of one that had its name before: others may have been allowed to see that. */
    private synchronized Entry entry(Job<?, ?> job) {
        Entry known = entries.get(job.getFullName());
        if (known == null || known.job.get() != job) {
            known = new Entry(job);
            entries.put(job.getFullName(), known);
        }
        return known;
    }

    private static final class Entry {
        private final WeakReference<Job<?, ?>> job;
        private int nextBuild;
        private long loadedAt;

        @CheckForNull
        private Trend trend;

        Entry(Job<?, ?> job) {
            this.job = new WeakReference<>(job);
        }

        @NonNull
        synchronized Trend trend(Job<?, ?> of) {
            Trend known = trend;
            int next = of.getNextBuildNumber();
            if (known == null || next != nextBuild || System.nanoTime() - loadedAt > FRESH.toNanos()) {
                known = Trend.of(of);
                trend = known;
                nextBuild = next;
                loadedAt = System.nanoTime();
            }
            return known;
        }
    }
}
