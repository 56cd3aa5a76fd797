package io.jenkins.plugins.gpulease.engine.lease;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What came of a simulation, after its warm-up. */
final class SimulationResult {

    private final Workload workload;
    private final long from;
    private final long to;
    private final SortedMap<Integer, List<Long>> waits = new TreeMap<>();
    private final SortedMap<Integer, SortedMap<Integer, Long>> open = new TreeMap<>();
    private double used;
    private int mostOvertaken;

    SimulationResult(Workload workload, Duration warmUp) {
        this.workload = workload;
        this.from = warmUp.toMillis();
        this.to = workload.length().toMillis();
    }

    void arrived(Workload.Job job) {
        open.computeIfAbsent(job.size(), size -> new TreeMap<>()).put(job.number(), job.arrival());
    }

    void started(Workload.Job job, long now) {
        open.get(job.size()).remove(job.number());
        if (now >= from) {
            waits.computeIfAbsent(job.size(), size -> new ArrayList<>()).add(now - job.arrival());
        }
        used += (double) job.size() * Math.max(0, Math.min(to, now + job.run()) - Math.max(from, now));
    }

    void overtaken(int times) {
        mostOvertaken = Math.max(mostOvertaken, times);
    }

    /** Share of all devices' time in which they were leased, 0 to 1. */
    double utilisation() {
        return used / ((double) workload.devices() * (to - from));
    }

    /** Sizes of which any build started or waits. */
    List<Integer> sizes() {
        return open.keySet().stream().toList();
    }

    /** How long builds of a size waited, in ms; who waits at the end counts as far as it has waited. */
    Stream<Long> waits(int size) {
        return Stream.concat(
                waits.getOrDefault(size, List.of()).stream(),
                open.getOrDefault(size, Collections.emptySortedMap()).values().stream().map(arrival -> to - arrival));
    }

    /** The most often that anybody was seen to be overtaken. */
    int mostOvertaken() {
        return mostOvertaken;
    }
}
