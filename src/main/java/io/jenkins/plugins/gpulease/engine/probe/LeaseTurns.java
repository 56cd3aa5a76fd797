package io.jenkins.plugins.gpulease.engine.probe;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/** Lets calls of one lease happen one after the other, whatever thread they are on. Thread-safe. */
final class LeaseTurns {

    /** The right to work on a lease, until it is closed. */
    interface Turn extends AutoCloseable {
        @Override
        void close();
    }

    private static final class Queue {
        private final ReentrantLock lock = new ReentrantLock(true);
        private int calls;
    }

    private final Map<String, Queue> queues = new HashMap<>();

    /** Waits for the calls of the lease that came before. */
    @NonNull
    Turn await(@NonNull String lease) {
        Queue queue;
        synchronized (queues) {
            queue = queues.computeIfAbsent(lease, id -> new Queue());
            queue.calls++;
        }
        queue.lock.lock();
        return () -> end(lease, queue);
    }

    private void end(String lease, Queue queue) {
        queue.lock.unlock();
        synchronized (queues) {
            if (--queue.calls == 0) {
                queues.remove(lease);
            }
        }
    }
}
