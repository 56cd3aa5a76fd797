package io.jenkins.plugins.gpulease.request;

import edu.umd.cs.findbugs.annotations.CheckForNull;

/** What people can say of the GPUs that they ask for, as they write it; texts are null if left out. */
public interface GpuParameters {

    /** Number of GPUs, 1 or more, or {@code all}; left out: 1. */
    @CheckForNull
    String getCount();

    /** Least total memory of each GPU, a number with a unit such as {@code 16 GB}; or {@code auto}: what earlier builds needed. */
    @CheckForNull
    String getMinMemory();

    /** Regular expression searched in the GPU's name, ignoring case. */
    @CheckForNull
    String getModel();

    /** Least CUDA compute capability, such as {@code 8.0}. */
    @CheckForNull
    String getMinComputeCapability();

    /** Least version of the NVIDIA driver, such as {@code 535.104}. */
    @CheckForNull
    String getMinDriver();

    /** CUDA version that the driver must support at least, such as {@code 12.4}. */
    @CheckForNull
    String getCuda();

    /** How much it matters how the GPUs are connected: {@code any}, {@code preferred} or {@code required}; left out: preferred. */
    @CheckForNull
    String getTopology();

    /** MIG instances instead of whole GPUs: a profile such as {@code 1g.10gb}, or {@code any}. */
    @CheckForNull
    String getMig();

    /** Whether others may share the GPUs, each lease within its {@code minMemory}, which is its budget then. */
    boolean isShared();

    /** How long to wait for the GPUs at most, such as {@code 30m}; left out: for as long as it takes. */
    @CheckForNull
    String getTimeout();

    /** Do without the GPUs, and what would run with them, if they can't be had at once. */
    boolean isSkipIfBusy();

    /** Higher goes first; equal ones in the order of arrival. */
    int getPriority();
}
