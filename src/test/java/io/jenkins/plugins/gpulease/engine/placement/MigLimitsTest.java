package io.jenkins.plugins.gpulease.engine.placement;

import static org.junit.Assert.assertEquals;

import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.DottedVersion;
import io.jenkins.plugins.gpulease.engine.device.Gpus;
import java.util.List;
import java.util.Optional;
import org.junit.Test;

public class MigLimitsTest {

    private static final List<Device> TWO_GPUS = instances("1g.10gb 1g.10gb", "1g.10gb");
    private static final DottedVersion R535 = DottedVersion.parse("535.104.05");
    private static final DottedVersion R570 = DottedVersion.parse("570.86.10");

    private static List<Device> instances(String... profiles) {
        return Topologies.mig(profiles).devices().stream().filter(Device::isMigInstance).toList();
    }

    @Test
    public void olderDriversUseOneInstanceInAProcess() {
        assertEquals(
                Optional.of("CUDA with driver 535.104.05 uses at most 1 of these 3 MIG instances in one process; start a process for"
                        + " each, with CUDA_VISIBLE_DEVICES set to one entry of GPU_UUIDS"),
                MigLimits.warning(TWO_GPUS, R535));
        assertEquals("CUDA uses at most 1", MigLimits.warning(TWO_GPUS, null).orElseThrow().substring(0, 19));
    }

    @Test
    public void newerDriversUseOneInstanceOfEachGpu() {
        assertEquals(
                "CUDA with driver 570.86.10 uses at most 2 of these 3",
                MigLimits.warning(TWO_GPUS, R570).orElseThrow().substring(0, 52));
        assertEquals(Optional.empty(), MigLimits.warning(instances("1g.10gb", "1g.10gb"), R570));
    }

    @Test
    public void oneInstanceAndWholeGpusAreNotLimited() {
        assertEquals(Optional.empty(), MigLimits.warning(instances("1g.10gb"), R535));
        assertEquals(Optional.empty(), MigLimits.warning(Gpus.h100s(4).devices(), R535));
    }
}
