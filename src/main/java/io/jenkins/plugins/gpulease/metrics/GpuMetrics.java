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
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.function.Predicate;
import java.util.function.Supplier;
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
    private final DoubleAdder deviceSeconds = new DoubleAdder();

    @NonNull
    static GpuMetrics get() {
        return ExtensionList.lookupSingleton(GpuMetrics.class);
    }

    void granted(@NonNull Duration waited) {
        wait.update(waited);
    }

    void returned(@NonNull Duration time, int devices) {
        held.update(time);
        deviceSeconds.add(time.toMillis() / 1000.0 * devices);
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
        metrics.put("gpulease.lease.device.seconds", gauge(deviceSeconds::sum));
        metrics.put("gpulease.probe.failures", gauge(GpuNodes::failures));
        return metrics(metrics);
    }

    private static Value gauge(Supplier<? extends Number> value) {
        return new Value(value);
    }

    /** Exporters tell the class of a gauge, so that of a lambda, which changes with each start, won't do. */
    record Value(@NonNull Supplier<? extends Number> supplier) implements Gauge<Long> {

        @Override
        public Long getValue() {
            return supplier.get().longValue();
        }
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
