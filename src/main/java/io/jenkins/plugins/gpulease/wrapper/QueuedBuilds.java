package io.jenkins.plugins.gpulease.wrapper;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.Launcher;
import hudson.model.AbstractBuild;
import hudson.model.BuildListener;
import hudson.model.Environment;
import hudson.model.Job;
import hudson.model.Queue;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.model.listeners.RunListener;
import hudson.model.queue.QueueListener;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.build.LiveHolders;
import io.jenkins.plugins.gpulease.build.StoredLease;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.queue.ItemResolver;
import io.jenkins.plugins.gpulease.queue.Resolution;
import io.jenkins.plugins.gpulease.request.AutoMinMemory;
import io.jenkins.plugins.gpulease.request.GpuRequest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The builds that have to start with GPUs, by their item in the queue, from the time they ask until they end. */
@Extension
@Restricted(NoExternalUse.class)
public final class QueuedBuilds implements ItemResolver, LiveHolders {

    private final Map<Long, QueuedBuild> builds = new ConcurrentHashMap<>();

    @NonNull
    static QueuedBuilds get() {
        return ExtensionList.lookupSingleton(QueuedBuilds.class);
    }

    /** What was asked for a build while it was in the queue; null if nothing was. */
    @CheckForNull
    QueuedBuild find(@NonNull Run<?, ?> build) {
        return builds.get(build.getQueueId());
    }

    private void end(long item) {
        QueuedBuild ended = builds.remove(item);
        if (ended != null) {
            ended.end();
        }
    }

    // ---- for the queue

    /** Before, it may wait for its quiet period, or for another build of its job, and GPUs would stand idle for it. */
    @Override
    public boolean isForBuildable() {
        return true;
    }

    @Override
    public boolean mayConcern(@NonNull Queue.Item item, boolean resumed) {
        return GpuBuildWrapper.of(item.task) != null;
    }

    @NonNull
    @Override
    public Resolution resolve(@NonNull Queue.Item item, boolean mayLoad) {
        GpuBuildWrapper wrapper = GpuBuildWrapper.of(item.task);
        if (wrapper == null) {
            return Resolution.FREE;
        }
        try {
            AutoMinMemory request = auto(new GpuRequest(wrapper), item.task);
            Instant askedBefore = mayLoad ? null : askedBefore(item);
            QueuedBuild build = builds.computeIfAbsent(item.getId(), id -> new QueuedBuild(item, request, askedBefore));
            return build.hasEnded() ? Resolution.FREE : Resolution.of(build.queued());
        } catch (IllegalArgumentException e) { // its build starts and says so
            return Resolution.FREE;
        }
    }

    /** A build wrapper is one of a job's. */
    private static AutoMinMemory auto(GpuRequest request, Queue.Task task) {
        return task instanceof Job<?, ?> job ? AutoMinMemory.of(request, job, "", null) : new AutoMinMemory(request, List.of());
    }

    /** The queue stores when the quiet period of an item was over: then it asked, unless other builds of its job were in its way. */
    @CheckForNull
    private static Instant askedBefore(Queue.Item item) {
        return item instanceof Queue.BuildableItem buildable
                ? Instant.ofEpochMilli(buildable.buildableStartMilliseconds)
                : null;
    }

    /** Builds that run are live through {@link HoldingBuilds}; what never became a build is forgotten here. */
    @NonNull
    @Override
    public Set<String> liveIds() {
        builds.forEach((item, build) -> {
            if (build.isLost()) {
                end(item);
            }
        });
        return builds.values().stream()
                .filter(QueuedBuild::isQueued)
                .map(build -> build.queued().request().id())
                .collect(Collectors.toSet());
    }

    /** Items that are cancelled. The queue holds its lock when it calls. */
    @Extension
    public static final class Items extends QueueListener {

        @Override
        public void onLeft(Queue.LeftItem item) {
            if (item.isCancelled()) {
                get().end(item.getId());
            }
        }
    }

    /** Builds that begin and end, whatever ends them. */
    @Extension
    public static final class Runs extends RunListener<Run<?, ?>> {

        @Override
        public void onStarted(Run<?, ?> run, TaskListener listener) {
            QueuedBuild build = get().find(run);
            if (build != null) {
                build.begin(run, listener);
            }
        }

        /** What is set up first is torn down last: after the wrapper, or instead of it. */
        @CheckForNull
        @Override
        @SuppressWarnings("rawtypes") // as it is declared
        public Environment setUpEnvironment(AbstractBuild build, Launcher launcher, BuildListener listener) {
            QueuedBuild queued = get().find(build);
            Lease lease = queued == null ? null : queued.lease();
            return lease == null ? null : new UnwrappedEnd(lease);
        }

        @Override
        public void onCompleted(Run<?, ?> run, @NonNull TaskListener listener) {
            end(run);
        }

        @Override
        public void onFinalized(Run<?, ?> run) {
            end(run);
        }

        @Override
        public void onDeleted(Run<?, ?> run) {
            end(run);
        }

        private static void end(Run<?, ?> run) {
            get().end(run.getQueueId());
            HoldingBuilds.get().end(run);
        }
    }

    /** Ends the lease of a build that never came to its wrapper, because the check-out or another wrapper failed. */
    private static final class UnwrappedEnd extends Environment {

        private final Lease lease;

        UnwrappedEnd(Lease lease) {
            this.lease = lease;
        }

        @Override
        @SuppressWarnings("rawtypes") // as it is declared
        public boolean tearDown(AbstractBuild build, BuildListener listener) throws InterruptedException {
            if (GpuLeases.get().table().lease(lease.id()).isPresent()) {
                new LeaseDisposer(new StoredLease(lease)).tearDown(build, listener);
            }
            return true;
        }
    }
}
