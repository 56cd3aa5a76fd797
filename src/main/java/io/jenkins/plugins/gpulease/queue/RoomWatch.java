package io.jenkins.plugins.gpulease.queue;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Computer;
import hudson.model.Executor;
import hudson.model.ExecutorListener;
import hudson.model.Node;
import hudson.model.PeriodicWork;
import hudson.model.Queue;
import hudson.model.TaskListener;
import hudson.slaves.ComputerListener;
import hudson.slaves.OfflineCause;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import jenkins.model.NodeListener;
import jenkins.util.Timer;

/** What makes {@link NodeRooms} look again: executors, computers, nodes, and time for what nobody tells. */
final class RoomWatch {

    /** A finished executor makes room only once its thread is replaced, a little after it has told that it is finished. */
    private static final int[] AFTER_MILLIS = {10, 100, 1000};

    private RoomWatch() {}

    private static void lookSoon(Executor executor) {
        if (NodeRooms.get().isWatched()) {
            for (int millis : AFTER_MILLIS) {
                Timer.get().schedule(() -> NodeRooms.get().lookSoon(executor.getOwner()), millis, TimeUnit.MILLISECONDS);
            }
        }
    }

    /** Executors that finish. Those that start are looked at when their items leave the queue. */
    @Extension
    public static final class Executors implements ExecutorListener {

        @Override
        public void taskAccepted(Executor executor, Queue.Task task) {
            NodeRooms.get().lookSoon(executor.getOwner());
        }

        @Override
        public void taskCompleted(Executor executor, Queue.Task task, long durationMS) {
            lookSoon(executor);
        }

        @Override
        public void taskCompletedWithProblems(Executor executor, Queue.Task task, long durationMS, Throwable problems) {
            lookSoon(executor);
        }
    }

    /** Computers that come and go. */
    @Extension
    public static final class Computers extends ComputerListener {

        @Override
        public void onOnline(Computer computer, TaskListener listener) {
            NodeRooms.get().lookSoon();
        }

        @Override
        public void onOffline(@NonNull Computer computer, @CheckForNull OfflineCause cause) {
            NodeRooms.get().lookSoon();
        }

        @Override
        public void onTemporarilyOnline(Computer computer) {
            NodeRooms.get().lookSoon();
        }

        @Override
        public void onTemporarilyOffline(Computer computer, OfflineCause cause) {
            NodeRooms.get().lookSoon();
        }

        @Override
        public void onConfigurationChange() {
            NodeRooms.get().lookSoon();
        }
    }

    /** Nodes that come, go and get other labels. */
    @Extension
    public static final class Nodes extends NodeListener {

        @Override
        protected void onCreated(@NonNull Node node) {
            NodeRooms.get().lookSoon();
        }

        @Override
        protected void onUpdated(@NonNull Node oldOne, @NonNull Node newOne) {
            NodeRooms.get().lookSoon();
        }

        @Override
        protected void onDeleted(@NonNull Node node) {
            NodeRooms.get().lookSoon();
        }
    }

    /** Labels of clouds, and whatever else changes without a word. */
    @Extension
    public static final class Periodic extends PeriodicWork {

        @Override
        public long getRecurrencePeriod() {
            return Duration.ofSeconds(5).toMillis();
        }

        @Override
        protected void doRun() {
            NodeRooms.get().lookSoon();
        }
    }
}
