package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.GpuProcess;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.device.XidEvent;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Verdicts and errors as an agent reports them, made fit for the controller. Pure. */
final class ReportedVerdicts {

    static final int MAX_PROCESSES = 100;
    static final int MAX_EVENTS = 100;

    private ReportedVerdicts() {}

    /** A verdict for each device that was asked for, and for no other; one that the agent left out isn't clean. */
    @NonNull
    static Map<String, Verdict> accept(@CheckForNull Map<String, Verdict> reported, @NonNull Collection<String> uuids) {
        Map<String, Verdict> accepted = new LinkedHashMap<>();
        for (String uuid : uuids) {
            accepted.put(uuid, verdict(reported == null ? null : reported.get(uuid)));
        }
        return accepted;
    }

    private static Verdict verdict(@CheckForNull Verdict reported) {
        if (reported == null || reported.condition() == null) {
            return Verdict.sick("The agent didn't report on it");
        }
        if (reported.isClean()) {
            return Verdict.CLEAN;
        }
        return new Verdict(reported.condition(), ReportedText.reason(reported.reason()), processes(reported.processes()));
    }

    @NonNull
    static List<GpuProcess> processes(@NonNull List<GpuProcess> reported) {
        return reported.stream().limit(MAX_PROCESSES).map(ReportedVerdicts::process).toList();
    }

    private static GpuProcess process(GpuProcess reported) {
        GpuProcess.Kind kind = Objects.requireNonNullElse(reported.kind(), GpuProcess.Kind.COMPUTE);
        return new GpuProcess(
                Math.max(0, reported.pid()), ReportedText.command(reported.command()), reported.memory(), kind);
    }

    /** What the driver's errors say about the devices of a node: that some are sick, a GPU's MIG instances with it. */
    @NonNull
    static Map<String, Verdict> ofEvents(@NonNull List<XidEvent> events, @NonNull List<Device> devices) {
        Map<String, Verdict> sick = new LinkedHashMap<>();
        for (XidEvent event : events.subList(0, Math.min(events.size(), MAX_EVENTS))) {
            String gpu = event.uuid();
            if (gpu != null && event.makesDeviceSick()) {
                devices.stream()
                        .filter(device -> gpu.equals(device.uuid()) || gpu.equals(device.migParent()))
                        .forEach(device -> sick.put(device.uuid(), sick(event)));
            }
        }
        return sick;
    }

    private static Verdict sick(XidEvent event) {
        return Verdict.sick("The driver reported Xid " + event.xid()
                + "; see NVIDIA's catalogue of Xid errors, and the kernel's log of the machine");
    }
}
