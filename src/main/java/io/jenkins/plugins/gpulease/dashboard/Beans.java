package io.jenkins.plugins.gpulease.dashboard;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.agent.LiveReadings;
import io.jenkins.plugins.gpulease.engine.lease.Holder;
import io.jenkins.plugins.gpulease.engine.lease.LeaseTable;
import io.jenkins.plugins.gpulease.engine.lease.NodeView;
import io.jenkins.plugins.gpulease.engine.lease.WaiterView;
import java.util.List;
import java.util.stream.Stream;
import jenkins.model.Jenkins;

/** What REST tells one reader. */
final class Beans {

    private final Sight sight;
    private final LeaseTable table = GpuLeases.get().table();
    private final List<NodeView> nodes;

    private Beans(Sight sight) {
        this.sight = sight;
        this.nodes = table.views().stream().filter(view -> sight.sees(view.node())).toList();
    }

    @NonNull
    static Beans ofCurrentUser() {
        return new Beans(new Viewer());
    }

    @NonNull
    List<NodeBean> nodes() {
        return nodes.stream()
                .filter(view -> !view.devices().isEmpty() || view.inventory().reason() != null)
                .map(view -> new NodeBean(view, LiveReadings.get().of(view.node()), sight.isTold(view.node())))
                .toList();
    }

    @NonNull
    List<LeaseBean> leases() {
        return nodes.stream()
                .flatMap(view -> view.leases().stream())
                .map(lease -> new LeaseBean(lease, build(lease.holder()), url(lease.holder())))
                .toList();
    }

    @NonNull
    List<WaiterBean> waiters() {
        Stream<WaiterView> floating = sight.seesFloating() ? table.floating().stream() : Stream.empty();
        return Stream.concat(floating, nodes.stream().flatMap(view -> view.waiters().stream()))
                .map(waiter -> new WaiterBean(
                        waiter, build(waiter.request().holder()), url(waiter.request().holder())))
                .toList();
    }

    @CheckForNull
    private String build(Holder holder) {
        return sight.sees(HolderJob.of(holder)) ? holder.name() : null;
    }

    @CheckForNull
    private String url(Holder holder) {
        HolderJob job = HolderJob.of(holder);
        return job.url() != null && sight.sees(job) ? Jenkins.get().getRootUrl() + job.url() : null;
    }
}
