package io.jenkins.plugins.gpulease.metrics;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.Metric;
import com.codahale.metrics.MetricSet;
import com.codahale.metrics.Timer;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.ExtensionList;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.agent.GpuNodes;
import io.jenkins.plugins.gpulease.engine.lease.DeviceState;
import io.jenkins.plugins.gpulease.engine.lease.DeviceView;
import io.jenkins.plugins.gpulease.engine.lease.LeaseTable;
import io.jenkins.plugins.gpulease.engine.lease.NodeView;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import jenkins.metrics.api.MetricProvider;
import org.jenkinsci.plugins.variant.OptionalExtension;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The metrics of this plugin; their names are in docs/metrics.md and must not change. */
@OptionalExtension(requirePlugins = "metrics")
@Restricted(NoExternalUse.class)
public final class GpuMetrics extends MetricProvider {

    private final Timer wait = new Timer();
    private final Timer held = new Timer();

    @NonNull
    static GpuMetrics get() {
        return ExtensionList.lookupSingleton(GpuMetrics.class);
    }

    /** From the request to the grant. */
    @NonNull
    Timer waitTimer() {
        return wait;
    }

    /** From the grant to the return. */
    @NonNull
    Timer heldTimer() {
        return held;
    }

    @Override
    public MetricSet getMetricSet() {
        Map<String, Metric> metrics = new LinkedHashMap<>();
        metrics.put("gpulease.devices.total", gauge(() -> devices(device -> true)));
        for (DeviceState state : DeviceState.values()) {
            String name = "gpulease.devices." + state.name().toLowerCase(Locale.ROOT);
            metrics.put(name, gauge(() -> devices(device -> device.state() == state)));
        }
        metrics.put("gpulease.leases", gauge(GpuMetrics::leases));
        metrics.put("gpulease.waiters", gauge(() -> table().waiterCount()));
        metrics.put("gpulease.lease.wait", wait);
        metrics.put("gpulease.lease.held", held);
        metrics.put("gpulease.probe.failures", gauge(GpuNodes::failures));
        return metrics(metrics);
    }

    private static Gauge<Long> gauge(Gauge<? extends Number> value) {
        return () -> value.getValue().longValue();
    }

    private static LeaseTable table() {
        return GpuLeases.get().table();
    }

    private static long devices(Predicate<DeviceView> which) {
        return nodes().flatMap(node -> node.devices().stream())
                .filter(device -> device.device().isLeasable())
                .filter(which)
                .count();
    }

    /** Sub-leases have devices of other leases. */
    private static long leases() {
        return nodes().map(NodeView::leases).flatMap(List::stream).filter(lease -> !lease.isSubLease()).count();
    }

    private static Stream<NodeView> nodes() {
        return table().views().stream();
    }
}
