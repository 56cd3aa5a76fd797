package io.jenkins.plugins.gpulease.agent;

import hudson.Extension;
import hudson.model.PeriodicWork;
import java.util.concurrent.TimeUnit;

/** Looks again at nodes with GPUs from time to time: drivers are updated, MIG instances made, GPUs lost. */
@Extension
public final class DiscoverySchedule extends PeriodicWork {

    @Override
    public long getRecurrencePeriod() {
        return TimeUnit.MINUTES.toMillis(10);
    }

    @Override
    protected void doRun() {
        for (NodeProbe node : GpuNodes.get().all()) {
            if (node.probe() != null) {
                node.rescan(false);
            }
        }
    }
}
