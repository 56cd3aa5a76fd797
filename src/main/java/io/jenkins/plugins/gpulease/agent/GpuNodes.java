package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.Computer;
import io.jenkins.plugins.gpulease.GpuLeases;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The nodes that were looked at for GPUs. */
@Extension
@Restricted(NoExternalUse.class)
public final class GpuNodes {

    private final Discovery discovery = new Discovery(() -> GpuLeases.get().executor());
    private final Map<String, NodeProbe> probes = new ConcurrentHashMap<>();
    private final LongAdder failures = new LongAdder();

    @NonNull
    static GpuNodes get() {
        return ExtensionList.lookupSingleton(GpuNodes.class);
    }

    /**
     * Looks for the GPUs of a node because a person, or a test, asks. Returns at once; the future ends when the table of leases
     * knows what was found, and never fails.
     */
    @NonNull
    public static CompletableFuture<Void> rescan(@NonNull Computer computer) {
        return get().of(NodeNames.of(computer)).rescan(true);
    }

    /**
     * Looks for the GPUs of all connected nodes: those came online without this plugin if it was installed into a running
     * Jenkins. Returns at once; the future ends when the table of leases knows what was found, and never fails.
     */
    @NonNull
    public static CompletableFuture<Void> rescanAll() {
        return CompletableFuture.allOf(Stream.of(Jenkins.get().getComputers())
                .filter(computer -> computer.getChannel() != null)
                .map(computer -> get().of(NodeNames.of(computer)).rescan(false))
                .toArray(CompletableFuture[]::new));
    }

    @NonNull
    Discovery discovery() {
        return discovery;
    }

    @NonNull
    NodeProbe of(@NonNull String name) {
        return probes.computeIfAbsent(name, this::create);
    }

    private NodeProbe create(String name) {
        GpuLeases leases = GpuLeases.get();
        return new NodeProbe(name, discovery, leases.table(), leases.executor(), failures::increment);
    }

    /** How often since the start of Jenkins the GPUs of a node could not be looked at though its agent was there. */
    public static long failures() {
        return get().failures.sum();
    }

    @NonNull
    Collection<NodeProbe> all() {
        return List.copyOf(probes.values());
    }

    /** A node that was looked at; empty if it wasn't, or is gone. */
    @NonNull
    Optional<NodeProbe> find(@NonNull String name) {
        return Optional.ofNullable(probes.get(name));
    }

    void forget(@NonNull String name) {
        probes.remove(name);
        LiveReadings.get().forget(name);
        HealthLogs.get().forget(name);
    }
}
