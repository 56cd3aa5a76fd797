package io.jenkins.plugins.gpulease.pipeline;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.SuppressFBWarnings;
import hudson.AbortException;
import hudson.model.Node;
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
import java.util.UUID;
import org.jenkinsci.plugins.workflow.steps.BodyExecution;
import org.jenkinsci.plugins.workflow.steps.BodyInvoker;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/**
 * A {@code gpu} block that waits for its lease, or holds it while its body runs.
 *
 * <p>Stored with the Pipeline: what is asked, where and since when; from the start of the body on, the lease; after its end,
 * the outcome until the devices are back. So a block that is loaded without a lease hasn't run its body: it asks again under the
 * same id. One that has a lease takes it up again.
 *
 * <p>Called by the Pipeline's thread, by the executor of the leases and, after a restart, by threads of remoting. The monitor of
 * this object decides whether a stop or the start of the body comes first; the table of leases is never called under it.
 */
@SuppressFBWarnings(value = "SE_TRANSIENT_FIELD_NOT_RESTORED", justification = "what isn't stored is made anew in onResume")
public final class GpuStepExecution extends BlockExecution {

    private static final long serialVersionUID = 1L;

    private GpuRequest request;
    private final String leaseId = UUID.randomUUID().toString();
    private volatile String node;
    private long askedAtMillis;

    @CheckForNull
    private EnclosingLease enclosing;

    @CheckForNull
    private volatile StoredLease lease;

    @CheckForNull
    private volatile BodyExecution body;

    @CheckForNull
    private volatile BodyOutcome outcome;

    @CheckForNull
    private transient volatile InsideWait wait;

    private transient boolean stopped;
    private transient volatile boolean returning;

    GpuStepExecution(@NonNull StepContext context, @NonNull GpuRequest request) {
        super(context);
        this.request = request;
    }

    // ---- waiting

    @Override
    public boolean start() throws IOException, InterruptedException {
        Node around = getContext().get(Node.class);
        if (around == null) {
            throw new AbortException(Messages.GpuStepExecution_nodeGone());
        }
        node = NodeNames.of(around);
        enclosing = getContext().get(EnclosingLease.class);
        request = BlockMemory.resolve(request, getContext(), around, log());
        askedAtMillis = System.currentTimeMillis();
        log().write(LeaseText.asked(request.devices(), node, parentLease() != null));
        await();
        return false;
    }

    private void await() throws IOException, InterruptedException {
        LeaseRequest leaseRequest = new LeaseRequest(
                leaseId,
                node,
                request.devices(),
                BlockBuild.holder(getContext(), leaseId),
                request.priority(),
                parentLease(),
                request.isSkipIfBusy());
        InsideWait begun = new InsideWait(
                this, leaseRequest, Instant.ofEpochMilli(askedAtMillis), request.timeout(), log());
        synchronized (this) {
            if (stopped) {
                return;
            }
            wait = begun;
        }
        begun.begin();
        settle();
    }

    @CheckForNull
    private String parentLease() {
        return EnclosingLease.idOn(node, enclosing);
    }

    // ---- holding

    /** By the executor of the leases. */
    void hold(@NonNull Lease granted) {
        try {
            BodyInvoker invoker = LeaseBody.invoker(this, granted, enclosing);
            synchronized (this) { // which a body that ends at once has to wait for
                if (!stopped) {
                    body = invoker.start();
                    return;
                }
            }
            GpuLeases.get().table().release(granted.id());
        } catch (Throwable e) { // whatever it is, a block must not hang from it
            stop(e);
        }
    }

    /** On the Pipeline's thread, in one go with the launch of the body: a stored block has its lease exactly if that ran. */
    void bodyStarted(@NonNull StoredLease held) {
        lease = held;
        BlockBuild.granted(getContext(), held, request.devices().toString());
    }

    /** On the Pipeline's thread; without a start before if the body was stopped before its launch. */
    void bodyEnded(@NonNull StoredLease held, @NonNull BodyOutcome ended) {
        BodyOutcome mine = outcome(ended);
        synchronized (this) {
            outcome = mine;
            body = null; // it keeps what the body returned, which may be nothing that can be stored
            returning = true;
        }
        new LeaseReturn(getContext(), log(), held.toLease()).begin(mine);
    }

    @Override
    void refuse(Throwable failure) {
        BodyExecution running = body;
        if (running != null) {
            running.cancel(failure);
        }
    }

    /** Comes while waiting, between two steps of the body, or while the devices go back. */
    @Override
    public void stop(Throwable cause) {
        BodyExecution running;
        InsideWait waiting;
        synchronized (this) {
            stopped = true;
            running = body;
            waiting = wait;
        }
        if (running != null) {
            running.cancel(cause);
            return;
        }
        if (waiting != null) {
            waiting.withdraw();
        }
        GpuLeases.get().table().release(leaseId);
        getContext().onFailure(cause);
    }

    // ---- restart

    @Override
    void resume() throws IOException, InterruptedException {
        BodyOutcome ended;
        StoredLease held;
        synchronized (this) {
            held = lease;
            ended = outcome;
            if (returning || stopped && held == null) {
                return; // all is done already
            }
            if (held == null) {
                body = null; // one that was stored before its launch will never run, nor take a stop
            }
        }
        if (held == null) {
            log().write(LeaseText.askedAgain(request.devices(), node));
            await();
        } else if (ended == null) {
            takeUp(held);
        } else {
            new LeaseReturn(getContext(), log(), held.toLease()).endAfterRestart(ended);
        }
    }

    private void takeUp(StoredLease held) {
        Lease adopted = BlockBuild.resumed(getContext(), held);
        GpuLeases.get().table().adopt(adopted);
        if (returning) {
            GpuLeases.get().table().release(leaseId); // its body was stopped before this
            return;
        }
        log().write(LeaseText.resumed(adopted));
        BlockBuild.granted(getContext(), held, request.devices().toString());
    }

    // ---- views

    @NonNull
    @Override
    public String leaseId() {
        return leaseId;
    }

    /** Whether it is on its way to a lease: with a wait that somebody looks after. */
    boolean isWaiting() {
        InsideWait waiting = wait;
        return waiting != null && waiting.isWaiting();
    }

    @CheckForNull
    @Override
    public String getStatus() {
        if (outcome != null) {
            return Messages.GpuStepExecution_returningStatus(node);
        }
        StoredLease held = lease;
        return held == null
                ? LeaseText.waitingStatus(request.devices(), node, WaitWatch.place(node, leaseId))
                : LeaseText.holdingStatus(held.toLease());
    }
}
