package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.init.InitMilestone;
import hudson.init.Initializer;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.engine.lease.LeaseTable;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** What happened to the devices of all nodes since Jenkins started. */
@Extension
@Restricted(NoExternalUse.class)
public final class HealthLogs {

    private final Map<String, HealthLog> logs = new ConcurrentHashMap<>();

    @NonNull
    public static HealthLogs get() {
        return ExtensionList.lookupSingleton(HealthLogs.class);
    }

    @Initializer(after = InitMilestone.EXTENSIONS_AUGMENTED)
    public static void listen() {
        GpuLeases.get().table().onChange(get()::look);
    }

    private void look(String node) {
        LeaseTable table = GpuLeases.get().table();
        if (table.inventory(node).isPresent()) {
            of(node).look(table.devices(node), Instant.now());
        } else {
            forget(node);
        }
    }

    /** The newest first. */
    @NonNull
    public List<HealthEvent> events(@NonNull String node) {
        HealthLog log = logs.get(node);
        return log == null ? List.of() : log.events();
    }

    @NonNull
    HealthLog of(@NonNull String node) {
        return logs.computeIfAbsent(node, name -> new HealthLog());
    }

    void forget(@NonNull String node) {
        logs.remove(node);
    }
}
