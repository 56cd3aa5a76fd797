package io.jenkins.plugins.gpulease.engine.lease;

import io.jenkins.plugins.gpulease.engine.lease.Workload.Binding;
import io.jenkins.plugins.gpulease.engine.lease.Workload.Mix;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;

/**
 * A workload simulated with several seeds, with the order as it is and without keeping devices for anybody.
 *
 * @param mostUsable share of all devices' time that any policy could have in use, 0 to 1
 */
record Scenario(Mix mix, Binding binding, double mostUsable, Outcome fair, Outcome unfair) {

    static final int NODES = 8;
    static final int SEEDS = 10;
    static final Duration LENGTH = Duration.ofHours(24);
    static final Duration WARM_UP = Duration.ofHours(2);

    /** All runs together. */
    record Outcome(List<SimulationResult> runs) {

        static Outcome of(Workload workload, int maxOvertakes) {
            return new Outcome(LongStream.range(0, SEEDS)
                    .mapToObj(seed -> Simulation.run(workload, seed, maxOvertakes, WARM_UP))
                    .toList());
        }

        double utilisation() {
            return runs.stream().mapToDouble(SimulationResult::utilisation).average().orElseThrow();
        }

        double leastUtilisation() {
            return runs.stream().mapToDouble(SimulationResult::utilisation).min().orElseThrow();
        }

        int mostOvertaken() {
            return runs.stream().mapToInt(SimulationResult::mostOvertaken).max().orElseThrow();
        }

        List<Integer> sizes() {
            return runs.get(0).sizes();
        }

        /** @param share of the builds of that size that waited no longer, 0 to 1 */
        double minutesWaited(int size, double share) {
            List<Long> waits = runs.stream().flatMap(run -> run.waits(size)).sorted().toList();
            return waits.get((int) Math.ceil(share * (waits.size() - 1))) / 60_000.0;
        }
    }

    static Workload workload(double load, Mix mix, Binding binding) {
        return new Workload(NODES, load, LENGTH, mix, binding);
    }

    static Scenario of(double load, Mix mix, Binding binding) {
        Workload workload = workload(load, mix, binding);
        double mostUsable = LongStream.range(0, SEEDS)
                .mapToDouble(seed -> workload.mostUsable(workload.jobs(seed), WARM_UP))
                .average()
                .orElseThrow();
        return new Scenario(
                mix,
                binding,
                mostUsable,
                Outcome.of(workload, LeaseTable.DEFAULT_MAX_OVERTAKES),
                Outcome.of(workload, Integer.MAX_VALUE));
    }

    /** For people. */
    String title() {
        String bound = switch (binding) {
            case ALL_FLOAT -> "all float";
            case SINGLES_BOUND -> "singles bound";
            case ALL_BOUND -> "all bound";
        };
        return bound + (mix == Mix.UP_TO_A_WHOLE_NODE ? ", some for 8" : "");
    }
}
