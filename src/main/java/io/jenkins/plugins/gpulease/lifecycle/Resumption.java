package io.jenkins.plugins.gpulease.lifecycle;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.init.InitMilestone;
import hudson.model.listeners.ItemListener;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.pipeline.ArrivalOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;
import jenkins.model.Jenkins;
import jenkins.util.Timer;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionList;

/**
 * Holds back all grants after a restart until every block that survived it has taken up its lease or joined the waiting ones
 * again; else a new build could get devices that an older one still computes on.
 */
@Extension
public final class Resumption extends ItemListener {

    private static final Logger LOGGER = Logger.getLogger(Resumption.class.getName());
    private static final long LOOK_EVERY_MILLIS = 200;

    /** A Pipeline that can't be loaded must not keep the GPUs of all others from work for ever. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private volatile Instant impatientAt = Instant.MAX;

    @Override
    public void onLoaded() {
        impatientAt = Instant.now().plus(PATIENCE);
        later();
    }

    private void later() {
        Timer.get().schedule(() -> GpuLeases.get().executor().execute(this::look), LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void look() {
        Jenkins jenkins = Jenkins.getInstanceOrNull();
        if (jenkins == null || jenkins.isTerminating()) {
            return;
        }
        if (jenkins.isQuietingDown()) {
            impatientAt = Instant.now().plus(PATIENCE); // Pipeline resumes nothing until that is over
        }
        if (jenkins.getInitLevel() != InitMilestone.COMPLETED
                || jenkins.isQuietingDown()
                || !FlowExecutionList.get().isResumptionComplete()) {
            later();
            return;
        }
        LiveBlocks.find().thenAcceptAsync(this::judge, GpuLeases.get().executor());
    }

    private void judge(LiveBlocks blocks) {
        if (blocks.allSettled()) {
            begin();
        } else if (Instant.now().isAfter(impatientAt)) {
            LOGGER.warning("Some Pipelines have not resumed yet; GPUs are leased again all the same."
                    + " Such a Pipeline fails if another build has one of its GPUs by then");
            begin();
        } else {
            later();
        }
    }

    private static void begin() {
        ExtensionList.lookupSingleton(ArrivalOrder.class).open();
        GpuLeases.get().table().resume();
        LOGGER.fine("GPUs are leased from now on");
    }
}
