package io.jenkins.plugins.gpulease.dashboard;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.lease.Holder;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.lease.LeaseRequest;
import io.jenkins.plugins.gpulease.engine.lease.WaiterView;

/**
 * A lease or a request that waits in a {@link Snapshot}, as JSON. Immutable.
 *
 * @param node null for a request that isn't bound to one
 * @param opening how the object begins: what only who may see the build may know, with a comma behind it; perhaps empty
 * @param facts the rest of the object, without the brace before it
 */
record HolderPart(
        @NonNull String id, @CheckForNull String node, @NonNull HolderJob job, @NonNull String opening, @NonNull String facts) {

    @NonNull
    static HolderPart of(@NonNull Lease lease) {
        MemorySize budget = lease.budget();
        JsonText facts = new JsonText()
                .put("id", lease.id())
                .put("node", lease.node())
                .put("count", lease.devices().size())
                .put("since", lease.grantedAt().toEpochMilli())
                .put("parent", lease.parentLease())
                .put("budget", budget == null ? null : Long.valueOf(budget.bytes() >> 20));
        return of(lease.id(), lease.node(), lease.holder(), facts);
    }

    /** @param why it waits, in a few words; the whole explanation is made when somebody asks for it */
    @NonNull
    static HolderPart of(@NonNull WaiterView waiter, @CheckForNull String why) {
        LeaseRequest request = waiter.request();
        JsonText facts = new JsonText()
                .put("id", request.id())
                .put("node", request.node())
                .put("asked", request.devices().toString())
                .put("since", waiter.since().toEpochMilli())
                .put("place", waiter.place())
                .put("of", waiter.of())
                .put("priority", request.priority() == 0 ? null : Integer.valueOf(request.priority()))
                .put("overtaken", waiter.overtaken() == 0 ? null : Integer.valueOf(waiter.overtaken()))
                .put("parent", request.parentLease())
                .put("why", why);
        return of(request.id(), request.node(), request.holder(), facts);
    }

    private static HolderPart of(String id, @CheckForNull String node, Holder holder, JsonText facts) {
        HolderJob job = HolderJob.of(holder);
        String name = new JsonText().put("name", holder.name()).put("url", job.url()).end();
        return new HolderPart(
                id, node, job, name.substring(1, name.length() - 1) + ",", facts.end().substring(1));
    }

    /** @param named whether its reader may see the build */
    void write(@NonNull StringBuilder out, boolean named) {
        out.append('{');
        if (named) {
            out.append(opening);
        }
        out.append(facts);
    }
}
