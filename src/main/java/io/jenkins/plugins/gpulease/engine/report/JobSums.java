package io.jenkins.plugins.gpulease.engine.report;

import edu.umd.cs.findbugs.annotations.NonNull;

/**
 * Device-seconds of a job.
 *
 * @param held of all its leases
 * @param measured of those whose utilisation is known
 * @param busy of the measured ones, weighted by their utilisation
 */
record JobSums(double held, double measured, double busy) {

    static final JobSums NONE = new JobSums(0, 0, 0);

    @NonNull
    JobSums plus(@NonNull JobSums other) {
        return new JobSums(held + other.held, measured + other.measured, busy + other.busy);
    }

    /** A part of it. */
    @NonNull
    JobSums times(double part) {
        return new JobSums(held * part, measured * part, busy * part);
    }

    /** Device-seconds that were held for nothing, as far as that is known. */
    double waste() {
        return measured - busy;
    }
}
