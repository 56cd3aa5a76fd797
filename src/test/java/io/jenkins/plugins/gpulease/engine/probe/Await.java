package io.jenkins.plugins.gpulease.engine.probe;

import java.time.Duration;
import java.util.concurrent.Callable;

/** Waits for a condition in tests. */
final class Await {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private Await() {}

    /** @throws AssertionError if it doesn't come true in 20 s */
    static void until(String what, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("Not within " + PATIENCE.toSeconds() + " s: " + what);
            }
            Thread.sleep(10);
        }
    }

    static void end(long pid) throws Exception {
        until("process " + pid + " is gone", () -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
    }
}
