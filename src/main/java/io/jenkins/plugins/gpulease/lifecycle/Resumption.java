package io.jenkins.plugins.gpulease.lifecycle;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.init.InitMilestone;
import hudson.init.Initializer;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.agent.GpuNodes;
import io.jenkins.plugins.gpulease.queue.QueuedItems;
import io.jenkins.plugins.gpulease.request.ArrivalOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;
import jenkins.util.Timer;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionList;

/**
 * Holds back all grants after a restart until every block that survived it has taken up its lease or joined the waiting ones
 * again; else a new build could get devices that an older one still computes on. A plugin that is installed into a running
 * Jenkins has no such blocks, so there it grants at once.
 */
public final class Resumption {

    private static final Logger LOGGER = Logger.getLogger(Resumption.class.getName());
    private static final Duration FIRST_LOOK = Duration.ofMillis(200);
    private static final Duration RAREST_LOOK = Duration.ofSeconds(2);

    /** A Pipeline that can't be loaded must not keep the GPUs of all others from work for ever. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private Duration pause = FIRST_LOOK;
    private volatile Instant impatientAt = Instant.now().plus(PATIENCE);

    private Resumption() {}

    /** Initializers run at the start of Jenkins, and when a plugin is loaded into a running one; listeners of items don't. */
    @Initializer(after = InitMilestone.JOB_CONFIG_ADAPTED)
    public static void start() {
        if (Jenkins.get().getInitLevel() == InitMilestone.COMPLETED) {
            begin();
            GpuNodes.rescanAll(); // they came online before anybody listened
        } else {
            new Resumption().later();
        }
    }

    private void later() {
        Timer.get().schedule(
                () -> GpuLeases.get().executor().execute(this::guardedLook), pause.toMillis(), TimeUnit.MILLISECONDS);
        Duration longer = pause.multipliedBy(2);
        pause = longer.compareTo(RAREST_LOOK) < 0 ? longer : RAREST_LOOK;
    }

    /** Whatever happens, the next look comes: without it nothing would ever be granted. */
    private void guardedLook() {
        try {
            look();
        } catch (Throwable e) {
            failed(e);
        }
    }

    private void look() {
        Jenkins jenkins = Jenkins.getInstanceOrNull();
        if (jenkins == null || jenkins.isTerminating()) {
            return;
        }
        if (jenkins.getInitLevel() != InitMilestone.COMPLETED || jenkins.isQuietingDown()) {
            impatientAt = Instant.now().plus(PATIENCE); // Pipeline resumes nothing until that is over
            later();
        } else if (FlowExecutionList.get().isResumptionComplete()) {
            QueuedItems.get().resolveAgain();
            LiveBlocks.find().thenAcceptAsync(this::judge, GpuLeases.get().executor()).exceptionally(this::failed);
        } else {
            beginIf(false);
        }
    }

    private void judge(LiveBlocks blocks) {
        beginIf(blocks.allSettled());
    }

    private void beginIf(boolean allSettled) {
        if (allSettled) {
            begin();
        } else if (Instant.now().isAfter(impatientAt)) {
            LOGGER.warning("Some Pipelines have not resumed yet; GPUs are leased again all the same."
                    + " Such a Pipeline fails if another build has one of its GPUs by then");
            begin();
        } else {
            later();
        }
    }

    private Void failed(@NonNull Throwable failure) {
        LOGGER.log(Level.WARNING, "Could not see whether all Pipelines have resumed; no GPU is leased until that is known", failure);
        if (Instant.now().isAfter(impatientAt)) {
            begin();
        } else {
            later();
        }
        return null;
    }

    private static void begin() {
        try {
            QueuedItems.get().resume();
        } finally {
            open();
        }
        LOGGER.fine("GPUs are leased from now on");
    }

    private static void open() {
        try {
            ArrivalOrder.get().open();
        } finally {
            GpuLeases.get().table().resume();
        }
    }
}
