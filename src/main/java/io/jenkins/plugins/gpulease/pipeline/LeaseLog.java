package io.jenkins.plugins.gpulease.pipeline;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.TaskListener;
import io.jenkins.plugins.gpulease.GpuLeases;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/**
 * Writes into the log of a block, in the order in which it is asked to, on the executor of the leases: never on the thread
 * that asks. A log that can't be written keeps no lease from its way.
 */
final class LeaseLog {

    private static final Logger LOGGER = Logger.getLogger(LeaseLog.class.getName());

    private final StepContext context;
    private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);

    LeaseLog(@NonNull StepContext context) {
        this.context = context;
    }

    /** Writes lines; what they hold of console notes, or of any other control characters, is taken out. */
    void write(@NonNull List<String> lines) {
        print(lines.stream().flatMap(LeaseLog::plain).toList());
    }

    /** Writes lines, and turns the names of builds in them into links. */
    void write(@NonNull List<String> lines, @NonNull HolderLinks links) {
        print(lines.stream().flatMap(LeaseLog::plain).map(links::in).toList());
    }

    /** Does something once everything is written that was asked for before; what fails doesn't keep the next from it. */
    synchronized void then(@NonNull Runnable next) {
        last = last.handleAsync((done, failure) -> guarded(next), GpuLeases.get().executor());
    }

    private Void guarded(Runnable next) {
        try {
            next.run();
        } catch (Throwable e) {
            LOGGER.log(Level.WARNING, e, () -> "A step of a GPU lease of " + context + " failed");
        }
        return null;
    }

    private void print(List<String> lines) {
        then(() -> {
            try {
                PrintStream stream = context.get(TaskListener.class).getLogger();
                lines.forEach(stream::println);
            } catch (IOException | InterruptedException | RuntimeException e) {
                LOGGER.log(Level.FINE, e, () -> "Could not write into the log of " + context + ": " + lines);
            }
        });
    }

    /** Console notes begin with an escape character, so text without control characters can't forge one. */
    private static Stream<String> plain(String text) {
        return LeaseText.plain(text).lines();
    }
}
