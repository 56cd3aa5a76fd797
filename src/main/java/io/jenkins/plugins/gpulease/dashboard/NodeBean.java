package io.jenkins.plugins.gpulease.dashboard;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import io.jenkins.plugins.gpulease.engine.lease.NodeView;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/** A node in REST. */
@ExportedBean(defaultVisibility = 2)
@Restricted(NoExternalUse.class)
public final class NodeBean {

    private final NodeView view;
    private final Map<String, Reading> readings;
    private final boolean told;

    /** @param told whether the reader may know what was found on devices */
    NodeBean(@NonNull NodeView view, @NonNull Map<String, Reading> readings, boolean told) {
        this.view = view;
        this.readings = readings;
        this.told = told;
    }

    @Exported
    @NonNull
    public String getName() {
        return view.node();
    }

    /** What the last look found: {@code OK}, {@code EMPTY}, {@code NO_HARDWARE}, {@code FAILED} or {@code UNKNOWN}. */
    @Exported
    @NonNull
    public String getStatus() {
        return view.inventory().status().name();
    }

    /** Why nothing is handed out there now; null if something is. */
    @Exported
    @CheckForNull
    public String getReason() {
        return view.unreachable() != null ? view.unreachable() : view.inventory().reason();
    }

    @Exported
    @CheckForNull
    public String getDriverVersion() {
        return Objects.toString(view.inventory().driverVersion(), null);
    }

    @Exported
    @CheckForNull
    public String getCudaVersion() {
        return Objects.toString(view.inventory().cudaVersion(), null);
    }

    @Exported(inline = true)
    @NonNull
    public List<DeviceBean> getDevices() {
        return view.devices().stream()
                .map(device -> new DeviceBean(device, view, readings.get(device.device().uuid()), told))
                .toList();
    }
}
