package io.jenkins.plugins.gpulease.pipeline;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.SuppressFBWarnings;
import hudson.AbortException;
import hudson.model.Node;
import hudson.model.Run;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.agent.NodeNames;
import io.jenkins.plugins.gpulease.build.StoredLease;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.lease.LeaseRequest;
import io.jenkins.plugins.gpulease.request.GpuRequest;
import io.jenkins.plugins.gpulease.request.LeaseText;
import io.jenkins.plugins.gpulease.request.WaitWatch;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.BodyExecution;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/**
 * A {@code gpu} block that isn't inside a node: its body runs at once; a {@code node} step in it starts where its GPUs are
 * granted, and further ones there, too. The lease lasts from the start of the first one to the end of the body.
 *
 * <p>Stored with the Pipeline: what is asked and since when; the lease once a node has started with it; after the body's end, the
 * outcome until the devices are back.
 *
 * <p>Called by the Pipeline's thread, by the queue and by the executor of the leases. The monitor of this object guards the
 * body; neither the table of leases nor the queue is called under it.
 */
@SuppressFBWarnings(value = "SE_TRANSIENT_FIELD_NOT_RESTORED", justification = "what isn't stored is made anew in onResume")
public final class OutsideBlockExecution extends BlockExecution {

    private static final long serialVersionUID = 1L;
    private static final Logger LOGGER = Logger.getLogger(OutsideBlockExecution.class.getName());

    private GpuRequest request;
    private final BlockLease lease = new BlockLease();

    /** 0 until the first node asks. */
    private volatile long askedAtMillis;

    /** 0 while nothing asks: what was asked before doesn't count against the timeout. */
    private volatile long waitsSinceMillis;

    private volatile boolean skipped;

    @CheckForNull
    private BodyExecution body;

    @CheckForNull
    private volatile BodyOutcome outcome;

    @CheckForNull
    private transient volatile OutsideWait wait;

    private transient boolean ended;
    private transient boolean withdrawn;

    OutsideBlockExecution(@NonNull StepContext context, @NonNull GpuRequest request) {
        super(context);
        this.request = request;
    }

    // ---- body

    @Override
    public boolean start() throws IOException, InterruptedException {
        Node around = getContext().get(Node.class);
        EnclosingLease outer = getContext().get(EnclosingLease.class);
        if (EnclosingLease.lacksNode(outer, around == null ? null : NodeNames.of(around))) {
            throw new AbortException(Messages.OutsideBlockExecution_nested());
        }
        request = BlockMemory.resolve(request, getContext(), null, log());
        begin();
        synchronized (this) { // which a body that ends at once has to wait for
            body = OutsideBody.invoker(this, lease, outer).start();
        }
        settle();
        return false;
    }

    /** From now on, nodes in the body ask. */
    private OutsideWait begin() throws IOException, InterruptedException {
        LeaseRequest leaseRequest = new LeaseRequest(
                lease.id(), null, request.devices(), BlockBuild.holder(getContext(), lease.id()), request.priority(), null,
                request.isSkipIfBusy());
        OutsideWait begun = new OutsideWait(
                this, leaseRequest, instant(askedAtMillis), instant(waitsSinceMillis), request.timeout(), log());
        wait = begun;
        QueuedBlocks.get().begin(place(), begun.queued());
        return begun;
    }

    @CheckForNull
    private static Instant instant(long millis) {
        return millis == 0 ? null : Instant.ofEpochMilli(millis);
    }

    private QueuedBlocks.Place place() throws IOException, InterruptedException {
        return new QueuedBlocks.Place(
                getContext().get(Run.class), getContext().get(FlowNode.class).getId());
    }

    /** On the Pipeline's thread. */
    void bodyEnded(@NonNull BodyOutcome result) {
        BodyOutcome mine = skipped ? new BodyOutcome(null, null) : outcome(result);
        synchronized (this) {
            outcome = mine;
            body = null; // it keeps what the body returned, which may be nothing that can be stored
            ended = true;
        }
        endWait();
        StoredLease held = lease.lease();
        if (held != null) {
            new LeaseReturn(getContext(), log(), held.toLease()).begin(mine);
            return;
        }
        if (mine.failure() == null && !skipped) {
            log().write(List.of(Messages.OutsideBlockExecution_noNode()));
        }
        log().then(() -> mine.complete(getContext()));
    }

    private void endWait() {
        OutsideWait ending = wait;
        if (ending == null) {
            return;
        }
        ending.onWithdrawn();
        try {
            QueuedBlocks.get().end(place(), ending.queued());
        } catch (IOException | InterruptedException e) {
            LOGGER.log(Level.FINE, e, () -> getContext() + " is gone");
            ending.queued().end();
        }
    }

    @Override
    public void stop(Throwable cause) {
        if (!cancel(cause)) {
            endWait();
            GpuLeases.get().table().release(lease.id());
            getContext().onFailure(cause);
        }
    }

    /** @return false if no body runs */
    private boolean cancel(Throwable cause) {
        BodyExecution running;
        synchronized (this) {
            running = body;
        }
        return running != null && running.cancel(cause);
    }

    // ---- what becomes of the request

    void asked(@NonNull Instant first, @NonNull Instant since) {
        boolean isFirst = askedAtMillis == 0;
        askedAtMillis = first.toEpochMilli();
        waitsSinceMillis = since.toEpochMilli();
        if (isFirst) {
            getContext().saveState(); // or a crash would cost its place in the order
        }
    }

    /** Stored once: its items may be blocked and ask again many times, and each time would write all of the Pipeline. */
    void asksNoMore() {
        boolean isNew = waitsSinceMillis != 0;
        waitsSinceMillis = 0;
        synchronized (this) {
            isNew &= !withdrawn && !ended;
            withdrawn |= isNew;
        }
        if (isNew) {
            getContext().saveState(); // or after a crash the timeout would count what was asked before
        }
    }

    /** A node starts with a lease: called by the queue, under its lock. What the node runs stores it. */
    void starts(@NonNull StoredLease held) {
        lease.holds(held);
    }

    void note(@NonNull StoredLease held) {
        BlockBuild.granted(getContext(), held, request.devices().toString());
    }

    /** Leaves the body out. */
    void skip() {
        skipped = true;
        cancelUnlessOver(SkippedBlock.interruption());
    }

    @Override
    void refuse(@NonNull Throwable failure) {
        cancelUnlessOver(failure);
    }

    private void cancelUnlessOver(Throwable cause) {
        if (!BlockBuild.isOver(getContext())) {
            cancel(cause);
        }
    }

    // ---- restart

    @Override
    void resume() throws IOException, InterruptedException {
        StoredLease held = lease.lease();
        BodyOutcome before;
        synchronized (this) {
            if (ended) {
                return; // its body was stopped before this
            }
            before = outcome;
        }
        if (before == null) {
            goOn(held);
        } else if (held == null) {
            before.completeAfterRestart(getContext());
        } else {
            new LeaseReturn(getContext(), log(), held.toLease()).endAfterRestart(before);
        }
    }

    private void goOn(@CheckForNull StoredLease held) throws IOException, InterruptedException {
        OutsideWait begun = begin();
        if (held != null) {
            Lease adopted = held.toLease().heldBy(begun.queued().request().holder());
            GpuLeases.get().table().adopt(adopted);
            begun.queued().resume(adopted);
            log().write(LeaseText.resumed(adopted));
            note(held);
        }
    }

    // ---- views

    @NonNull
    @Override
    public String leaseId() {
        return lease.id();
    }

    @CheckForNull
    @Override
    public String getStatus() {
        StoredLease held = lease.lease();
        if (held != null) {
            return outcome == null
                    ? LeaseText.holdingStatus(held.toLease())
                    : Messages.GpuStepExecution_returningStatus(held.node());
        }
        OutsideWait waiting = wait;
        return waiting == null || !waiting.isWaiting()
                ? Messages.OutsideBlockExecution_status(request.devices())
                : LeaseText.waitingStatus(
                        request.devices(),
                        LeaseText.where(waiting.queued().request()),
                        WaitWatch.place(null, lease.id()));
    }
}
