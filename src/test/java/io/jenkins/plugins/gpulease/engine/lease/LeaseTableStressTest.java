package io.jenkins.plugins.gpulease.engine.lease;

import static org.junit.Assert.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.Test;

/**
 * Thousands of random operations. A failure names the seed; {@code -Dlease.seed=…} repeats a single-threaded run exactly and
 * a multi-threaded one as far as threads allow, {@code -Dlease.storms=…} runs more of them.
 */
public class LeaseTableStressTest {

    private static final int STORMS = Integer.getInteger("lease.storms", 10);
    private static final int STEPS = 1_000;
    private static final int THREADS = 4;
    private static final Logger LOGGER = Logger.getLogger(LeaseTable.class.getName());

    @BeforeClass
    public static void beQuiet() {
        LOGGER.setLevel(Level.SEVERE);
    }

    @AfterClass
    public static void beLoud() {
        LOGGER.setLevel(null);
    }

    private static long seed() {
        return Long.getLong("lease.seed", System.nanoTime());
    }

    /** Runs tasks in one thread but in any order, so that one seed is one interleaving. */
    private static final class ShuffledExecutor implements Executor {

        private final Random random;
        private final List<Runnable> tasks = new ArrayList<>();

        ShuffledExecutor(long seed) {
            random = new Random(seed);
        }

        @Override
        public void execute(Runnable task) {
            tasks.add(task);
        }

        void run(int most) {
            for (int i = 0; i < most && !tasks.isEmpty(); i++) {
                tasks.remove(random.nextInt(tasks.size())).run();
            }
        }

        /** Until nothing is under way, not even what is overdue. */
        void settle(Storm storm) {
            do {
                storm.custodian.answerAll();
                run(Integer.MAX_VALUE);
            } while (storm.custodian.owesAnswers());
        }
    }

    @Test
    public void everyInterleavingKeepsTheRules() {
        long seed = seed();
        for (int i = 0; i < STORMS; i++) {
            weather(seed + i);
        }
    }

    private void weather(long seed) {
        Random random = new Random(seed);
        ShuffledExecutor executor = new ShuffledExecutor(seed);
        Storm storm = new Storm(seed, executor);
        for (int step = 0; step < STEPS; step++) {
            storm.step(random);
            executor.run(random.nextInt(6));
            if (random.nextInt(20) == 0) {
                executor.run(Integer.MAX_VALUE);
                storm.checkRequests();
                executor.settle(storm);
                storm.checkNobodyWaitsInVain();
            }
            storm.checkViews();
            assertKept(storm, seed);
        }
        storm.calmDown();
        for (int round = 0; round < 5_000 && !storm.isQuiet(); round++) {
            executor.run(Integer.MAX_VALUE);
            storm.letFinish();
        }
        executor.run(Integer.MAX_VALUE);
        assertTrue("Seed " + seed + ": not quiet: " + storm.whoWaits() + storm.table.views(), storm.isQuiet());
        storm.checkNothingIsLeft();
        executor.run(Integer.MAX_VALUE);
        assertKept(storm, seed);
    }

    @Test(timeout = 90_000)
    public void manyThreadsKeepTheRules() throws Exception {
        long seed = seed();
        ExecutorService pool = Executors.newFixedThreadPool(THREADS);
        ExecutorService workers = Executors.newFixedThreadPool(THREADS);
        try {
            Storm storm = new Storm(seed, pool);
            List<Future<?>> work = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                Random random = new Random(seed + i);
                work.add(workers.submit(() -> {
                    for (int step = 0; step < 2 * STEPS; step++) {
                        storm.step(random);
                        storm.checkViews();
                    }
                }));
            }
            for (Future<?> worker : work) {
                worker.get();
            }
            storm.calmDown();
            await(seed, storm, storm::isQuiet);
            storm.checkNothingIsLeft();
            assertKept(storm, seed);
        } finally {
            workers.shutdownNow();
            pool.shutdownNow();
            assertTrue(pool.awaitTermination(10, TimeUnit.SECONDS));
        }
    }

    private static void await(long seed, Storm storm, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(40);
        while (!condition.getAsBoolean()) {
            assertTrue("Seed " + seed + ": not quiet: " + storm.whoWaits() + storm.table.views(), System.nanoTime() < deadline);
            storm.letFinish();
            Thread.sleep(1);
        }
    }

    private static void assertKept(Storm storm, long seed) {
        assertTrue("Seed " + seed + ": " + storm.violations, storm.violations.isEmpty());
    }
}
