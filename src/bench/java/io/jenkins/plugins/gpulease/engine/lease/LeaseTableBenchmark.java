package io.jenkins.plugins.gpulease.engine.lease;

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

/** What a lease costs the table itself, in one thread: a device is given back, who waits gets it, and another one asks for it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LeaseTableBenchmark {

    @Param
    public Crowd.Size size;

    private final ManualExecutor executor = new ManualExecutor();
    private Crowd crowd;

    @Setup(Level.Trial)
    public void fill() {
        crowd = new Crowd(size, executor);
        executor.runAll();
    }

    @Benchmark
    public int acquireAndRelease() {
        Lease lease = crowd.poll();
        crowd.release(lease);
        crowd.ask(lease.node());
        executor.runAll();
        return crowd.leases();
    }
}
