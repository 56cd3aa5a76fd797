package io.jenkins.plugins.gpulease.pipeline;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.lease.LeaseRequest;
import io.jenkins.plugins.gpulease.request.LeaseLog;
import io.jenkins.plugins.gpulease.request.LeaseText;
import io.jenkins.plugins.gpulease.request.LeaseWait;
import java.time.Duration;
import java.time.Instant;

/** What becomes of the request of a block that is inside a node. In memory only; after a restart there is a new one. */
final class InsideWait implements LeaseWait.Listener {

    private final GpuStepExecution block;
    private final Instant askedAt;
    private final LeaseLog log;
    private final LeaseWait wait;

    /** @param timeout how long it may wait since {@code askedAt}; null for as long as it takes */
    InsideWait(
            @NonNull GpuStepExecution block,
            @NonNull LeaseRequest request,
            @NonNull Instant askedAt,
            @CheckForNull Duration timeout,
            @NonNull LeaseLog log) {
        this.block = block;
        this.askedAt = askedAt;
        this.log = log;
        wait = new LeaseWait(request, askedAt, timeout, log, this);
    }

    /** Asks now, or after a restart when its turn comes. */
    void begin() {
        wait.begin(askedAt);
    }

    /** Ends the wait; what is granted at this moment goes back. Idempotent. */
    void withdraw() {
        wait.withdraw();
    }

    boolean isWaiting() {
        return wait.isWaiting();
    }

    @Override
    public void onGranted(Lease granted) {
        log.writeGranted(granted, Duration.between(askedAt, Instant.now()));
        log.then(() -> block.hold(granted));
    }

    @Override
    public void onSkipped(String reason) {
        log.write(LeaseText.skipped(reason));
        log.then(() -> block.getContext().onSuccess(null));
    }

    @Override
    public void onRefused(Throwable failure) {
        log.then(() -> {
            if (!BlockBuild.isOver(block.getContext())) {
                block.getContext().onFailure(failure);
            }
        });
    }
}
