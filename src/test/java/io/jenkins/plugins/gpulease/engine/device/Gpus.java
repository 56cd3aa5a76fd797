package io.jenkins.plugins.gpulease.engine.device;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Devices for tests. */
public final class Gpus {

    public static final Instant SCANNED = Instant.parse("2025-01-01T00:00:00Z");

    private Gpus() {}

    /** 79.6 GiB, compute capability 9.0. */
    public static Device h100(int index) {
        return gpu(index, "NVIDIA H100 80GB HBM3", MemorySize.ofMib(81_559), "9.0");
    }

    /** 40 GiB, compute capability 8.0. */
    public static Device a100(int index) {
        return gpu(index, "NVIDIA A100-PCIE-40GB", MemorySize.ofMib(40_960), "8.0");
    }

    /** 15 GiB, compute capability 7.5. */
    public static Device t4(int index) {
        return gpu(index, "Tesla T4", MemorySize.ofMib(15_360), "7.5");
    }

    public static Device gpu(int index, String model, MemorySize memory, String computeCapability) {
        return new Device(
                "GPU-" + index,
                index,
                model,
                memory,
                computeCapability == null ? null : ComputeCapability.parse(computeCapability),
                String.format("00000000:%02x:00.0", 16 + index),
                -1,
                false,
                null,
                null,
                Health.OK);
    }

    public static Device inMigMode(Device gpu) {
        return new Device(
                gpu.uuid(), gpu.index(), gpu.model(), gpu.memory(), gpu.computeCapability(), gpu.pciBusId(),
                gpu.numaNode(), true, null, null, gpu.health());
    }

    public static Device instanceOf(Device gpu, String profile) {
        return new Device(
                "MIG-" + gpu.index() + "-" + profile, gpu.index(), gpu.model() + " MIG " + profile,
                MemorySize.ofMib(9_984), gpu.computeCapability(), gpu.pciBusId(), gpu.numaNode(), false, gpu.uuid(),
                profile, gpu.health());
    }

    public static Device sick(Device gpu) {
        return gpu.withHealth(Health.sick("fell off the bus"));
    }

    public static Inventory inventory(Device... devices) {
        return inventory(Arrays.asList(devices));
    }

    /** Driver 550.54.15, CUDA 12.4. */
    public static Inventory inventory(List<Device> devices) {
        return new Inventory(
                Inventory.Status.OK,
                null,
                devices,
                Topology.NONE,
                DottedVersion.parse("550.54.15"),
                DottedVersion.parse("12.4"),
                SCANNED);
    }

    /** So many H100. */
    public static Inventory h100s(int count) {
        return inventory(IntStream.range(0, count).mapToObj(Gpus::h100).toList());
    }
}
