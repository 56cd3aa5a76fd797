package io.jenkins.plugins.gpulease.engine.cli;

/** Entry point of {@code gpu-lease.jar}. */
public final class GpuLeaseMain {

    private GpuLeaseMain() {}

    public static void main(String[] args) {
        System.exit(2);
    }
}
