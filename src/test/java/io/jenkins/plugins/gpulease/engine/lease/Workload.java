package io.jenkins.plugins.gpulease.engine.lease;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Builds that ask for GPUs at random: they arrive as a Poisson process, and how long they run, which nobody knows in advance, is
 * log-normal with {@link #MEAN_RUN}.
 *
 * @param nodes number of nodes with {@link #DEVICES} each
 * @param load work that arrives, as a share of what all devices could do
 * @param length for so long builds arrive
 */
record Workload(int nodes, double load, Duration length, Mix mix, Binding binding) {

    static final int DEVICES = 8;
    static final Duration MEAN_RUN = Duration.ofMinutes(10);

    private static final int[] PRIORITIES = {0, 0, 0, 0, 0, 0, 0, 0, 1, 2};

    /** Standard deviation of the logarithm of a run: one of six takes more than 1.6 times the mean, and half less than 0.6 times. */
    private static final double SPREAD = 1;

    /** For how many GPUs builds ask: each number as often as it is named. */
    enum Mix {
        UP_TO_HALF_A_NODE(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 4, 4, 4),
        UP_TO_A_WHOLE_NODE(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 8);

        private final int[] sizes;

        Mix(int... sizes) {
            this.sizes = sizes;
        }

        int draw(Random random) {
            return sizes[random.nextInt(sizes.length)];
        }

        double mean() {
            return Arrays.stream(sizes).average().orElseThrow();
        }
    }

    /** Which builds may run on any node; the others are bound to one at random. */
    enum Binding {
        ALL_FLOAT,
        SINGLES_BOUND,
        ALL_BOUND;

        boolean binds(int size) {
            return this == ALL_BOUND || this == SINGLES_BOUND && size == 1;
        }
    }

    /**
     * One build.
     *
     * @param arrival since the start, in ms
     * @param node its node's number; -1 if it may run on any
     * @param run how long it keeps its GPUs, in ms
     */
    record Job(int number, long arrival, int size, int priority, int node, long run) {}

    int devices() {
        return nodes * DEVICES;
    }

    List<Job> jobs(long seed) {
        Random random = new Random(seed);
        double interval = MEAN_RUN.toMillis() * mix.mean() / (load * devices());
        List<Job> jobs = new ArrayList<>();
        double arrival = 0;
        while (arrival < length.toMillis()) {
            int size = mix.draw(random);
            int priority = PRIORITIES[random.nextInt(PRIORITIES.length)];
            int node = random.nextInt(nodes);
            jobs.add(new Job(jobs.size(), (long) arrival, size, priority, binding.binds(size) ? node : -1, run(random)));
            arrival -= interval * Math.log(1 - random.nextDouble());
        }
        return jobs;
    }

    /**
     * No policy can have more of the devices in use, whatever it knows: so much work is there at all where it may be done, could it be
     * divided at will.
     *
     * @param warmUp what happens before doesn't count
     * @return share of all devices' time, 0 to 1
     */
    double mostUsable(List<Job> jobs, Duration warmUp) {
        long step = Duration.ofMinutes(1).toMillis();
        double[] bound = new double[nodes];
        double floating = 0;
        double used = 0;
        int next = 0;
        for (long time = 0; time < length.toMillis(); time += step) {
            for (; next < jobs.size() && jobs.get(next).arrival() < time + step; next++) {
                Job job = jobs.get(next);
                double work = (double) job.size() * job.run();
                if (job.node() < 0) {
                    floating += work;
                } else {
                    bound[job.node()] += work;
                }
            }
            double spare = 0;
            for (int node = 0; node < nodes; node++) {
                double done = Math.min(bound[node], (double) DEVICES * step);
                bound[node] -= done;
                spare += DEVICES * step - done;
            }
            double done = Math.min(floating, spare);
            floating -= done;
            used += time < warmUp.toMillis() ? 0 : devices() * step - spare + done;
        }
        return used / ((double) devices() * length.minus(warmUp).toMillis());
    }

    private static long run(Random random) {
        return Math.max(1, (long) (MEAN_RUN.toMillis() * Math.exp(SPREAD * random.nextGaussian() - SPREAD * SPREAD / 2)));
    }
}
