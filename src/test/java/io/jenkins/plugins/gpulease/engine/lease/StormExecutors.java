package io.jenkins.plugins.gpulease.engine.lease;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** The executors of a storm's nodes, some of them taken by tasks that need no devices, and what may run where. */
final class StormExecutors {

    /** Of each node. */
    static final int EXECUTORS = 3;

    private final AtomicIntegerArray running;
    private final AtomicIntegerArray others;
    private final AtomicInteger hidden = new AtomicInteger();
    private volatile boolean complete;

    StormExecutors(int nodes) {
        running = new AtomicIntegerArray(nodes);
        others = new AtomicIntegerArray(nodes);
    }

    void start(int node) {
        running.incrementAndGet(node);
    }

    boolean isIdle(int node) {
        return running.get(node) + others.get(node) < EXECUTORS;
    }

    void end(int node) {
        running.decrementAndGet(node);
    }

    void setOthers(int node, int tasks) {
        others.set(node, tasks);
    }

    void takeOne(int node) {
        others.incrementAndGet(node);
    }

    /** Takes a node's labels away, or gives them back. */
    void hide(int node, boolean isHidden) {
        hidden.accumulateAndGet(1 << node, (mask, bit) -> isHidden ? mask | bit : mask & ~bit);
    }

    /** From now on no nodes are yet to come. */
    void complete() {
        complete = true;
    }

    private static int index(String node) {
        return node.charAt(node.length() - 1) - '0';
    }

    /** Tasks that may run on some nodes, given as bits. */
    record Label(StormExecutors executors, int nodes, boolean growing) implements Candidates {

        @Override
        public boolean mayUse(String node) {
            return (nodes & ~executors.hidden.get() & 1 << index(node)) != 0;
        }

        @Override
        public boolean takesTasks(String node) {
            return true;
        }

        @Override
        public String title() {
            return "with label " + nodes;
        }

        @Override
        public String noNode() {
            return "No known node has label " + nodes;
        }

        @Override
        public boolean mayGrow() {
            return growing && !executors.complete;
        }

        @Override
        public int room(String node) {
            int index = index(node);
            return mayUse(node)
                    ? Math.max(0, EXECUTORS - executors.running.get(index) - executors.others.get(index))
                    : 0;
        }
    }
}
