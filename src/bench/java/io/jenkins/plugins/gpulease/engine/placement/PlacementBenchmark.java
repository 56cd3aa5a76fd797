package io.jenkins.plugins.gpulease.engine.placement;

import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
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

/**
 * The choice among 16 idle devices that takes longest, of all counts, policies and many topologies: those of real machines, and
 * connections at random, which leave the search least to rule out.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class PlacementBenchmark {

    private static final int DEVICES = 16;
    private static final int TRIES = 5;

    /** How many machines with connections at random are tried. */
    @Param("60")
    public int machines;

    private final BestPlacement placement = new BestPlacement();
    private Task worst;

    private record Task(String machine, DeviceRequest request, Inventory inventory, Set<String> idle) {

        @Override
        public String toString() {
            return request + ", topology " + request.topology() + ", " + machine;
        }
    }

    @Setup(Level.Trial)
    public void findWorst() {
        long most = 0;
        List<Task> tasks = tasks();
        tasks.forEach(this::leastNanos); // so that what comes first doesn't look slowest
        for (Task task : tasks) {
            long nanos = leastNanos(task);
            if (nanos > most) {
                most = nanos;
                worst = task;
            }
        }
        System.out.println("Worst of " + tasks.size() + " choices: " + worst);
    }

    private long leastNanos(Task task) {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < TRIES; i++) {
            long start = System.nanoTime();
            choose(task);
            least = Math.min(least, System.nanoTime() - start);
        }
        return least;
    }

    private List<Task> tasks() {
        List<Task> tasks = new ArrayList<>();
        add(tasks, "four PCIe switches", Topologies.fourPcieSwitches());
        add(tasks, "one NVSwitch", Topologies.uniform(DEVICES, "NVS18"));
        add(tasks, "two NVSwitches", Topologies.blocks(DEVICES, 8, "NVS18", "SYS"));
        add(tasks, "bridged pairs", Topologies.blocks(DEVICES, 2, "NV12", "NODE"));
        for (int seed = 0; seed < machines; seed++) {
            add(tasks, "connections at random, seed " + seed, Topologies.random(DEVICES, new Random(seed)));
        }
        return tasks;
    }

    private static void add(List<Task> tasks, String machine, Inventory inventory) {
        Set<String> idle = new LinkedHashSet<>();
        inventory.devices().stream().map(Device::uuid).forEach(idle::add);
        for (TopologyPolicy policy : TopologyPolicy.values()) {
            for (int count = 1; count <= DEVICES; count++) {
                tasks.add(new Task(machine, DeviceRequest.of(count).withTopology(policy), inventory, idle));
            }
        }
    }

    private Optional<Choice> choose(Task task) {
        return placement.choose(task.request, task.inventory, task.idle);
    }

    @Benchmark
    public Optional<Choice> choose() {
        return choose(worst);
    }
}
