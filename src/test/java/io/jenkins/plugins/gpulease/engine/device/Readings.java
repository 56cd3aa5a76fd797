package io.jenkins.plugins.gpulease.engine.device;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Builds readings for tests: at first of an idle, healthy device that tells everything. */
public final class Readings {

    private final String uuid;
    private Instant takenAt = Gpus.SCANNED;
    private MemorySize used = MemorySize.ZERO;
    private MemorySize free = MemorySize.ofMib(81_000);
    private boolean usedIncludesReserve;
    private Integer utilization = 0;
    private Integer milliwatts = 70_000;
    private List<String> throttle = List.of();
    private final List<GpuProcess> processes = new ArrayList<>();
    private Health health = Health.OK;

    private Readings(String uuid) {
        this.uuid = uuid;
    }

    public static Readings of(String uuid) {
        return new Readings(uuid);
    }

    public Readings secondsIn(double seconds) {
        takenAt = Gpus.SCANNED.plusMillis(Math.round(seconds * 1000));
        return this;
    }

    public Readings usedMib(long mib) {
        used = MemorySize.ofMib(mib);
        return this;
    }

    public Readings freeMib(long mib) {
        free = MemorySize.ofMib(mib);
        return this;
    }

    public Readings unknownMemory() {
        used = null;
        free = null;
        return this;
    }

    public Readings usedIncludesReserve() {
        usedIncludesReserve = true;
        return this;
    }

    public Readings utilization(Integer percent) {
        utilization = percent;
        return this;
    }

    public Readings watts(Integer watts) {
        milliwatts = watts == null ? null : watts * 1000;
        return this;
    }

    public Readings throttledBy(String... reasons) {
        throttle = List.of(reasons);
        return this;
    }

    public Readings process(long pid, String command, long mib, GpuProcess.Kind kind) {
        processes.add(new GpuProcess(pid, command, mib < 0 ? null : MemorySize.ofMib(mib), kind));
        return this;
    }

    public Readings sick(String problem) {
        health = Health.sick(problem);
        return this;
    }

    public Reading build() {
        return new Reading(
                uuid, takenAt, used, free, usedIncludesReserve, utilization, null, null, milliwatts, throttle, processes, health);
    }
}
