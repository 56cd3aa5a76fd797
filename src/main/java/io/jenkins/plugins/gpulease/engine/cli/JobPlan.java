package io.jenkins.plugins.gpulease.engine.cli;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.time.Duration;
import java.util.List;

/**
 * A job of the demo.
 *
 * @param gpus how many it asks for
 * @param memory what it uses of each
 * @param utilization what it uses of each, in %
 * @param work how long it works
 * @param arrival when it comes, counted from the start
 */
record JobPlan(@NonNull String name, int gpus, @NonNull MemorySize memory, int utilization, @NonNull Duration work, @NonNull Duration arrival) {

    /** A dozen for four GPUs: about 14 s of work if no GPU is ever idle, with one that asks for all of them in between. */
    static final List<JobPlan> DOZEN = List.of(
            job("resnet #41", 1, 22, 91, 3.0, 0.0),
            job("llama-tune #7", 2, 61, 97, 4.0, 0.1),
            job("unit-tests #512", 1, 4, 35, 1.5, 0.3),
            job("whisper #18", 1, 12, 74, 2.5, 0.5),
            job("all-reduce #3", 4, 30, 88, 2.0, 0.8),
            job("unit-tests #513", 1, 4, 38, 1.5, 1.0),
            job("diffusion #25", 2, 44, 95, 3.0, 1.3),
            job("bert-eval #90", 1, 9, 66, 2.0, 1.6),
            job("unit-tests #514", 1, 4, 33, 1.5, 2.0),
            job("tensor-parallel #5", 3, 52, 93, 2.5, 2.4),
            job("resnet #42", 1, 22, 90, 3.0, 3.0),
            job("docs-search #66", 1, 7, 48, 2.0, 3.5));

    private static JobPlan job(String name, int gpus, int gigabytes, int utilization, double work, double arrival) {
        return new JobPlan(name, gpus, MemorySize.ofBytes(gigabytes * 1_000_000_000L), utilization,
                Duration.ofMillis((long) (work * 1_000)), Duration.ofMillis((long) (arrival * 1_000)));
    }

    @NonNull
    JobPlan faster(int times) {
        return new JobPlan(name, gpus, memory, utilization, work.dividedBy(times), arrival.dividedBy(times));
    }
}
