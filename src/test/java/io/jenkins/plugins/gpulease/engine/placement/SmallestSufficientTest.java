package io.jenkins.plugins.gpulease.engine.placement;

import static org.junit.Assert.assertEquals;

import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.Test;

public class SmallestSufficientTest {

    private static final DeviceRequest ONE = DeviceRequest.of(1);
    private static final DeviceRequest TWO = DeviceRequest.of(2);

    private static Optional<List<Integer>> chosen(DeviceRequest request, Device... devices) {
        Set<String> all = Arrays.stream(devices).map(Device::uuid).collect(Collectors.toSet());
        return chosen(request, Gpus.inventory(devices), all);
    }

    private static Optional<List<Integer>> chosen(DeviceRequest request, Inventory inventory, Set<String> idle) {
        return new SmallestSufficient()
                .choose(request, inventory, idle)
                .map(choice -> choice.devices().stream().map(Device::index).toList());
    }

    private static Optional<List<Integer>> devices(Integer... indices) {
        return Optional.of(List.of(indices));
    }

    @Test
    public void theLeastMemoryThatSufficesIsTaken() {
        assertEquals(devices(2), chosen(ONE, Gpus.h100(0), Gpus.a100(1), Gpus.t4(2)));
        assertEquals(
                devices(1),
                chosen(ONE.withMinMemory(MemorySize.parse("16 GiB")), Gpus.h100(0), Gpus.a100(1), Gpus.t4(2)));
        assertEquals(devices(1, 2), chosen(TWO, Gpus.h100(0), Gpus.a100(1), Gpus.t4(2)));
    }

    @Test
    public void ofEqualMemoryTheLowestCapabilityIsTaken() {
        MemorySize memory = MemorySize.parse("16 GiB");

        assertEquals(
                devices(1),
                chosen(ONE, Gpus.gpu(0, "new", memory, "8.9"), Gpus.gpu(1, "old", memory, "7.0"), Gpus.gpu(2, "?", memory, null)));
    }

    @Test
    public void ofEqualDevicesTheLowestPciBusIdIsTaken() {
        assertEquals(devices(1, 2), chosen(TWO, Gpus.t4(3), Gpus.t4(2), Gpus.t4(1)));
    }

    @Test
    public void theChoiceIsInTheOrderOfPciBusIds() {
        assertEquals(devices(0, 1), chosen(TWO, Gpus.h100(0), Gpus.t4(1)));
    }

    @Test
    public void aDeviceThatDoesntTellItsMemoryComesLast() {
        assertEquals(devices(1), chosen(ONE, Gpus.gpu(0, "NVIDIA Thor", null, null), Gpus.h100(1)));
    }

    @Test
    public void onlyIdleDevicesAreTaken() {
        assertEquals(devices(0), chosen(ONE, Gpus.inventory(Gpus.h100(0), Gpus.t4(1)), Set.of("GPU-0")));
    }

    @Test
    public void sickDevicesAndMigAreNotTaken() {
        assertEquals(
                devices(2), chosen(ONE, Gpus.sick(Gpus.t4(0)), Gpus.inMigMode(Gpus.a100(1)), Gpus.h100(2)));
    }

    @Test
    public void tooFewAreNone() {
        assertEquals(Optional.empty(), chosen(TWO, Gpus.h100(0)));
        assertEquals(Optional.empty(), chosen(ONE.withModel("V100"), Gpus.h100(0)));
        assertEquals(Optional.empty(), chosen(ONE, Gpus.h100s(1), Set.of()));
    }
}
