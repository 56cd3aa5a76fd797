package io.jenkins.plugins.gpulease.engine.lease;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** From the release of a device until the next one's listener runs on an executor with threads of its own. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class HandOverBenchmark {

    @Param
    public Crowd.Size size;

    private final ExecutorService executor = Executors.newFixedThreadPool(2);
    private Crowd crowd;
    private final Queue<Lease> held = new ArrayDeque<>();

    @Setup(Level.Trial)
    public void fill() {
        crowd = new Crowd(size, executor);
        while (held.size() < crowd.devices()) {
            held.add(next());
        }
    }

    /** Whose listener is told next that it got devices. */
    private Lease next() {
        Lease next = crowd.poll();
        while (next == null) {
            Thread.onSpinWait();
            next = crowd.poll();
        }
        return next;
    }

    @Setup(Level.Invocation)
    public void waitAgain() {
        crowd.ask(held.element().node());
    }

    @Benchmark
    public Lease handOver() {
        crowd.release(held.remove());
        Lease next = next();
        held.add(next);
        return next;
    }

    @TearDown(Level.Trial)
    public void end() {
        executor.shutdownNow();
    }
}
