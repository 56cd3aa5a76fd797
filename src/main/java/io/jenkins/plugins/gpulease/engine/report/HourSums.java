package io.jenkins.plugins.gpulease.engine.report;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What is known of one hour, or of several together. Bounded, not thread-safe. */
final class HourSums {

    /** Of more jobs in one hour, those that held least are counted together. */
    static final int MAX_JOBS = 32;

    /** What jobs without a name of their own are counted under. */
    static final String OTHERS = "";

    private static final int MAX_NAME = 200;

    private final Map<DeviceUse, Double> uses = new EnumMap<>(DeviceUse.class);
    private final Map<String, JobSums> jobs = new TreeMap<>();
    private final Map<SizeClass, SortedMap<Integer, Integer>> waits = new EnumMap<>(SizeClass.class);
    private final int maxJobs;

    HourSums() {
        this(MAX_JOBS);
    }

    /** @param maxJobs how many jobs are told from each other, 1 or more */
    HourSums(int maxJobs) {
        this.maxJobs = maxJobs;
    }

    /** Device-seconds. */
    void addUse(@NonNull DeviceUse use, double seconds) {
        uses.merge(use, seconds, Double::sum);
    }

    void addJob(@NonNull String job, @NonNull JobSums sums) {
        jobs.merge(job.length() > MAX_NAME ? OTHERS : job, sums, JobSums::plus);
        while (jobs.size() - (jobs.containsKey(OTHERS) ? 1 : 0) > maxJobs) {
            String least = jobs.entrySet().stream()
                    .filter(entry -> !entry.getKey().equals(OTHERS))
                    .min(Comparator.comparingDouble(entry -> entry.getValue().held()))
                    .orElseThrow()
                    .getKey();
            jobs.merge(OTHERS, jobs.remove(least), JobSums::plus);
        }
    }

    void addWaits(@NonNull SizeClass size, int bin, int count) {
        waits.computeIfAbsent(size, any -> new TreeMap<>()).merge(bin, count, Integer::sum);
    }

    void add(@NonNull HourSums other) {
        other.uses.forEach(this::addUse);
        other.jobs.forEach(this::addJob);
        other.waits.forEach((size, bins) -> bins.forEach((bin, count) -> addWaits(size, bin, count)));
    }

    /** Device-seconds by use; those that didn't occur are left out. */
    @NonNull
    Map<DeviceUse, Double> uses() {
        return uses;
    }

    /** By full name. */
    @NonNull
    Map<String, JobSums> jobs() {
        return jobs;
    }

    /** Number of waits by bin. */
    @NonNull
    Map<SizeClass, SortedMap<Integer, Integer>> waits() {
        return waits;
    }
}
