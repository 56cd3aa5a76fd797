package io.jenkins.plugins.gpulease.request;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.TaskListener;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.engine.device.DottedVersion;
import io.jenkins.plugins.gpulease.engine.lease.Custodian.Returned;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.lease.NodeView;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/**
 * Writes into the log of a block or a build, in the order in which it is asked to, on the executor of the leases: never on the thread
 * that asks. A log that can't be written keeps no lease from its way.
 */
public final class LeaseLog {

    private static final Logger LOGGER = Logger.getLogger(LeaseLog.class.getName());

    private final Callable<TaskListener> target;
    private final InOrder inOrder = new InOrder();

    public LeaseLog(@NonNull StepContext context) {
        this(() -> context.get(TaskListener.class));
    }

    public LeaseLog(@NonNull TaskListener listener) {
        this(() -> listener);
    }

    private LeaseLog(Callable<TaskListener> target) {
        this.target = target;
    }

    /** Writes lines; what they hold of console notes, or of any other control characters, is taken out. */
    public void write(@NonNull List<String> lines) {
        print(lines.stream().flatMap(LeaseLog::plain).toList());
    }

    /** Writes what was granted and who shares it, as the table of leases knows it. */
    public void writeGranted(@NonNull Lease lease, @NonNull Duration waited) {
        Optional<NodeView> node = GpuLeases.get().table().view(lease.node());
        DottedVersion driver = node.map(view -> view.inventory().driverVersion()).orElse(null);
        List<String> lines = new ArrayList<>(LeaseText.granted(lease, waited, driver));
        node.ifPresent(view -> lines.addAll(SharedText.neighbours(lease, view)));
        write(lines, HolderLinks.in(lines, lease.node()));
    }

    /** Writes that a lease has ended, what was used, and hints on how to do with less. */
    public void writeReturned(@NonNull Lease lease, @NonNull Duration held, @NonNull Returned returned) {
        List<String> lines = new ArrayList<>(LeaseText.returned(lease, held, returned));
        lines.addAll(Hints.get().lines(lease, held, returned));
        write(lines);
    }

    /** Writes lines, and turns the names of builds in them into links. */
    void write(@NonNull List<String> lines, @NonNull HolderLinks links) {
        print(lines.stream().flatMap(LeaseLog::plain).map(links::in).toList());
    }

    /** Does something once everything is written that was asked for before; what fails doesn't keep the next from it. */
    public void then(@NonNull Runnable next) {
        inOrder.execute(next);
    }

    /** Waits until everything is written that was asked for before. */
    public void await() throws InterruptedException {
        CountDownLatch written = new CountDownLatch(1);
        then(written::countDown);
        written.await();
    }

    private void print(List<String> lines) {
        then(() -> {
            try {
                PrintStream stream = target.call().getLogger();
                lines.forEach(stream::println);
            } catch (Exception e) { // among others: the build is gone
                LOGGER.log(Level.FINE, e, () -> "Could not write into a log: " + lines);
            }
        });
    }

    /** Console notes begin with an escape character, so text without control characters can't forge one. */
    private static Stream<String> plain(String text) {
        return LeaseText.plain(text).lines();
    }
}
