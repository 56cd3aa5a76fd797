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
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;
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
    private static volatile Duration patience = Duration.ofMinutes(5);

    /** Once GPUs are leased again, only items of such Pipelines wait for the next look. */
    private static final Duration LOOK_AT_LATE_ONES = Duration.ofSeconds(15);

    private Duration pause = FIRST_LOOK;
    private volatile Instant impatientAt = Instant.now().plus(patience);
    private volatile boolean opened;

    private Resumption() {}

    /** For tests: from now on Pipelines have to resume within this time. */
    static void setPatience(@NonNull Duration shorter) {
        patience = shorter;
    }

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
        GpuLeases.get().later(pause, this::guardedLook);
        Duration longer = pause.multipliedBy(2);
        pause = opened ? LOOK_AT_LATE_ONES : longer.compareTo(RAREST_LOOK) < 0 ? longer : RAREST_LOOK;
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
            impatientAt = Instant.now().plus(patience); // Pipeline resumes nothing until that is over
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
        } else {
            openIfImpatient();
            later();
        }
    }

    /** What has resumed goes on. Items of the others wait for their builds. */
    private void openIfImpatient() {
        if (!opened && Instant.now().isAfter(impatientAt)) {
            opened = true;
            LOGGER.warning("Some Pipelines have not resumed yet; GPUs are leased again all the same."
                    + " Such a Pipeline fails if another build has one of its GPUs by then");
            try {
                QueuedItems.get().resumeInPart();
            } finally {
                open();
            }
        }
    }

    private Void failed(@NonNull Throwable failure) {
        LOGGER.log(opened ? Level.FINE : Level.WARNING,
                "Could not see whether all Pipelines have resumed; no GPU is leased until that is known", failure);
        openIfImpatient();
        later();
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
