package io.jenkins.plugins.gpulease.dashboard;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import io.jenkins.plugins.gpulease.engine.lease.DeviceState;
import io.jenkins.plugins.gpulease.engine.lease.DeviceView;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.lease.NodeView;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/** A device in REST. Null means unknown or, of the last reading, that nobody has looked since somebody last watched. */
@ExportedBean(defaultVisibility = 2)
@Restricted(NoExternalUse.class)
public final class DeviceBean {

    private final DeviceView view;
    private final NodeView node;
    private final Reading reading;
    private final boolean told;

    DeviceBean(@NonNull DeviceView view, @NonNull NodeView node, @CheckForNull Reading reading, boolean told) {
        this.view = view;
        this.node = node;
        this.reading = reading;
        this.told = told;
    }

    @Exported
    @NonNull
    public String getUuid() {
        return view.device().uuid();
    }

    @Exported
    public int getIndex() {
        return view.device().index();
    }

    @Exported
    @NonNull
    public String getModel() {
        return view.device().model();
    }

    @Exported
    @CheckForNull
    public String getMigProfile() {
        return view.device().migProfile();
    }

    /** UUID of the GPU that a MIG instance is part of. */
    @Exported
    @CheckForNull
    public String getMigParent() {
        return view.device().migParent();
    }

    /** Whether it is only the frame of its MIG instances, so that nobody can lease it, whatever its state. */
    @Exported
    public boolean isMigMode() {
        return view.device().migEnabled();
    }

    @Exported
    @NonNull
    public String getPciBusId() {
        return view.device().pciBusId();
    }

    @Exported
    @CheckForNull
    public Long getMemoryMib() {
        return mib(view.device().memory());
    }

    /** A name of {@link DeviceState}. */
    @Exported
    @NonNull
    public String getState() {
        return view.state().name();
    }

    /** Ms since 1970. */
    @Exported
    public long getSince() {
        return view.since().toEpochMilli();
    }

    /** Why it is in its state, as far as the reader may know. */
    @Exported
    @CheckForNull
    public String getReason() {
        boolean harmless = view.state() == DeviceState.DRAINED || view.state() == DeviceState.UNKNOWN;
        return told || harmless ? view.reason() : null;
    }

    /** Why a person has taken it out of service; null if nobody has. */
    @Exported
    @CheckForNull
    public String getDrained() {
        return view.drained();
    }

    /** Ids of the leases that have it, the outermost first. */
    @Exported
    @NonNull
    public List<String> getLeases() {
        return node.leases().stream().filter(lease -> lease.uuids().contains(getUuid())).map(Lease::id).toList();
    }

    @Exported
    @CheckForNull
    public Long getMemoryUsedMib() {
        return reading == null ? null : mib(reading.memoryUsed());
    }

    /** Percent. */
    @Exported
    @CheckForNull
    public Integer getUtilization() {
        return reading == null ? null : reading.utilization();
    }

    @Exported
    @CheckForNull
    public Integer getTemperatureCelsius() {
        return reading == null ? null : reading.temperatureCelsius();
    }

    /** When the last reading was taken; ms since 1970. */
    @Exported
    @CheckForNull
    public Long getReadAt() {
        return reading == null ? null : Long.valueOf(reading.takenAt().toEpochMilli());
    }

    @CheckForNull
    private static Long mib(@CheckForNull MemorySize size) {
        return size == null ? null : Long.valueOf(size.bytes() >> 20);
    }
}
