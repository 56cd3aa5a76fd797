package io.jenkins.plugins.gpulease.agent;

import hudson.Extension;
import hudson.model.PeriodicWork;
import java.util.concurrent.TimeUnit;

/**
 * Looks again at nodes from time to time: drivers are updated, MIG instances made, GPUs lost. A node without GPUs is only asked
 * the cheap question whether it has hardware or a driver by now.
 */
@Extension
public final class DiscoverySchedule extends PeriodicWork {

    @Override
    public long getRecurrencePeriod() {
        return TimeUnit.MINUTES.toMillis(10);
    }

    @Override
    protected void doRun() {
        for (NodeProbe node : GpuNodes.get().all()) {
            node.rescan(false);
        }
    }
}
