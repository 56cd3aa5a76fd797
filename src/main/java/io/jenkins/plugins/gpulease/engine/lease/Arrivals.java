package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.time.Instant;

/** Requests that come: whose devices they want, and their place in the order. Called under the registry's lock. */
final class Arrivals {

    private final Registry registry;
    private final Serving serving;

    Arrivals(Registry registry, Serving serving) {
        this.registry = registry;
        this.serving = serving;
    }

    /** As {@link LeaseTable#request} tells. */
    void request(LeaseRequest request, GrantListener listener) {
        refuseUnlessNew(request);
        if (request.node() == null) {
            throw new IllegalArgumentException("Request " + request.id() + " names no node; such a one goes to requestAnywhere");
        }
        Holding enclosing = registry.enclosing(request.parentLease());
        if (request.parentLease() == null) {
            enter(request, listener, registry.node(request.node()).root().waiting(), null, null);
        } else if (enclosing == null) {
            LeaseFailure failure = new LeaseFailure(
                    LeaseFailure.Kind.PARENT_ENDED, "The enclosing lease has ended, so nothing can be taken out of it");
            registry.tell(listener, waiting -> waiting.onFailed(failure));
        } else if (!enclosing.lease().node().equals(request.node())) {
            throw new IllegalArgumentException("Request " + request.id() + " is for node " + request.node()
                    + ", but its enclosing lease is on " + enclosing.lease().node());
        } else if (request.devices().shared() || enclosing.isShared()) {
            refuseToDivide(request, listener, enclosing);
        } else {
            enter(request, listener, enclosing.inside().waiting(), null, null);
        }
    }

    private void refuseToDivide(LeaseRequest request, GrantListener listener, Holding enclosing) {
        String message = enclosing.isShared()
                ? "The enclosing lease shares its GPUs with others, so nothing can be taken out of it: leave out the inner block"
                        + " and ask for the memory of all of its programs in the outer one"
                : request.devices() + " asked, but the enclosing lease has its GPUs to itself: leave out shared in the inner block";
        registry.tell(listener, waiting -> waiting.onFailed(new LeaseFailure(LeaseFailure.Kind.IMPOSSIBLE, message)));
    }

    /** As {@link LeaseTable#requestAnywhere} tells. */
    void requestAnywhere(
            LeaseRequest request, Candidates candidates, GrantListener listener, @CheckForNull Instant arrivedAt) {
        refuseUnlessNew(request);
        if (request.node() != null || request.parentLease() != null) {
            throw new IllegalArgumentException("Request " + request.id() + " is bound to "
                    + (request.node() != null ? "node " + request.node() : "lease " + request.parentLease())
                    + ", so it can't be served anywhere");
        }
        enter(request, listener, serving.floating().order(), candidates, arrivedAt);
    }

    private void refuseUnlessNew(LeaseRequest request) {
        if (registry.waiters().containsKey(request.id()) || registry.holdings().containsKey(request.id())) {
            throw new IllegalArgumentException("A request or lease with the id " + request.id() + " exists already");
        }
    }

    private void enter(
            LeaseRequest request,
            GrantListener listener,
            WaitingOrder order,
            @CheckForNull Candidates candidates,
            @CheckForNull Instant arrivedAt) {
        Instant now = registry.now();
        long latest = registry.arrivalTime(now);
        long arrival = arrivedAt == null ? latest : Math.min(latest, arrivedAt.toEpochMilli());
        serving.enter(new Waiter(request, registry.same(request.devices()), listener, order, candidates, now, registry.nextArrival(), arrival));
    }
}
