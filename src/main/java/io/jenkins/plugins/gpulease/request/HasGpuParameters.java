package io.jenkins.plugins.gpulease.request;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;

/**
 * What asks for GPUs, and so has all parameters: its getters, which no superclass can have, since each has one already. Forms and
 * Pipelines look them up as methods; {@link java.beans.Introspector}, which they don't use, would find them from Java 21 on.
 */
public interface HasGpuParameters extends GpuParameters {

    @NonNull
    GpuParametersBean parameters();

    @NonNull
    @Override
    default String getCount() {
        return parameters().getCount();
    }

    @CheckForNull
    @Override
    default String getMinMemory() {
        return parameters().getMinMemory();
    }

    @CheckForNull
    @Override
    default String getModel() {
        return parameters().getModel();
    }

    @CheckForNull
    @Override
    default String getMinComputeCapability() {
        return parameters().getMinComputeCapability();
    }

    @CheckForNull
    @Override
    default String getMinDriver() {
        return parameters().getMinDriver();
    }

    @CheckForNull
    @Override
    default String getCuda() {
        return parameters().getCuda();
    }

    @NonNull
    @Override
    default String getTopology() {
        return parameters().getTopology();
    }

    @CheckForNull
    @Override
    default String getMig() {
        return parameters().getMig();
    }

    @Override
    default boolean isShared() {
        return parameters().isShared();
    }

    @CheckForNull
    @Override
    default String getTimeout() {
        return parameters().getTimeout();
    }

    @Override
    default boolean isSkipIfBusy() {
        return parameters().isSkipIfBusy();
    }

    @Override
    default int getPriority() {
        return parameters().getPriority();
    }
}
