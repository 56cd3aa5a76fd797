package io.jenkins.plugins.gpulease.wrapper;

import com.google.common.base.Throwables;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.build.BuildHolder;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.lease.LeaseRequest;
import io.jenkins.plugins.gpulease.request.GpuRequest;
import io.jenkins.plugins.gpulease.request.LeaseLog;
import io.jenkins.plugins.gpulease.request.LeaseText;
import io.jenkins.plugins.gpulease.request.LeaseWait;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException;

/** A build that waits for GPUs of the node that it runs on. Its thread waits, and so its executor does. */
final class BuildWait implements LeaseWait.Listener {

    private final LeaseRequest request;
    private final Instant askedAt = Instant.now();
    private final LeaseLog log;
    private final CompletableFuture<Lease> result = new CompletableFuture<>();

    /** The build would have to wait, and doesn't want to. */
    static final class BusyException extends Exception {

        private static final long serialVersionUID = 1L;

        BusyException(@NonNull String reason) {
            super(reason);
        }
    }

    private BuildWait(LeaseRequest request, LeaseLog log) {
        this.request = request;
        this.log = log;
    }

    /**
     * Waits until the lease is granted.
     *
     * @param parentLease id of the enclosing lease that the devices are taken out of; null to take them from the node
     * @throws IOException if it is refused
     * @throws FlowInterruptedException if the node is lost
     * @throws InterruptedException if the build is stopped meanwhile; then nothing is asked for any more
     */
    @NonNull
    static Lease await(
            @NonNull Run<?, ?> build,
            @NonNull String node,
            @NonNull GpuRequest asked,
            @CheckForNull String parentLease,
            @NonNull TaskListener listener)
            throws IOException, InterruptedException, BusyException {
        String id = UUID.randomUUID().toString();
        LeaseRequest request = new LeaseRequest(
                id, node, asked.devices(), BuildHolder.of(build, null, id), asked.priority(), parentLease, asked.isSkipIfBusy());
        LeaseLog log = new LeaseLog(listener);
        HoldingBuilds.get().add(id, build, log);
        boolean granted = false;
        try {
            Lease lease = new BuildWait(request, log).await(asked.timeout());
            granted = true;
            return lease;
        } finally {
            if (!granted) {
                HoldingBuilds.get().remove(id);
            }
        }
    }

    private Lease await(@CheckForNull Duration timeout) throws IOException, InterruptedException, BusyException {
        log.write(LeaseText.asked(request.devices(), LeaseText.where(request), request.parentLease() != null));
        LeaseWait wait = new LeaseWait(request, askedAt, timeout, log, this);
        wait.begin(askedAt);
        try {
            return result.get();
        } catch (InterruptedException e) {
            wait.withdraw();
            GpuLeases.get().table().release(request.id()); // it may have been granted just now
            throw e;
        } catch (ExecutionException e) {
            Throwables.throwIfInstanceOf(e.getCause(), BusyException.class);
            Throwables.throwIfInstanceOf(e.getCause(), InterruptedException.class);
            Throwables.throwIfInstanceOf(e.getCause(), IOException.class);
            throw new IOException(e.getCause());
        }
    }

    @Override
    public void onGranted(Lease lease) {
        log.writeGranted(lease, Duration.between(askedAt, Instant.now()));
        log.then(() -> result.complete(lease));
    }

    @Override
    public void onSkipped(String reason) {
        log.then(() -> result.completeExceptionally(new BusyException(reason)));
    }

    @Override
    public void onRefused(Throwable failure) {
        log.then(() -> result.completeExceptionally(failure));
    }
}
