package io.jenkins.plugins.gpulease.engine.placement;

import static org.junit.Assert.assertEquals;

import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.Test;

public class PackingTest {

    private static final Inventory INVENTORY =
            Gpus.inventory(Gpus.h100(0), Gpus.t4(1), Gpus.t4(2), Gpus.t4(3));

    private static DeviceRequest sharing(int count) {
        return DeviceRequest.of(count).withMinMemory(MemorySize.parse("1 GiB")).withShared(true);
    }

    /** @param room in MiB, by index */
    private static Map<String, MemorySize> room(Map<Integer, Integer> room) {
        Map<String, MemorySize> sizes = new LinkedHashMap<>();
        room.forEach((index, mib) -> sizes.put("GPU-" + index, MemorySize.ofMib(mib)));
        return sizes;
    }

    private static List<Integer> choose(DeviceRequest request, Map<Integer, Integer> room, Set<String> idle) {
        return Packing.choose(new BestPlacement(), request, INVENTORY, room(room), idle)
                .map(choice -> choice.devices().stream().map(device -> device.index()).toList())
                .orElse(null);
    }

    @Test
    public void theFullestOfThoseThatAreSharedComesFirst() {
        assertEquals(List.of(2), choose(sharing(1), Map.of(0, 9000, 1, 8000, 2, 2000, 3, 15000), Set.of("GPU-3")));
    }

    @Test
    public void otherwiseTheSmallestIdleOne() {
        assertEquals(List.of(3), choose(sharing(1), Map.of(0, 81000, 3, 15000), Set.of("GPU-0", "GPU-3")));
    }

    @Test
    public void severalAreTakenInThatOrder() {
        assertEquals(List.of(0, 3), choose(sharing(2), Map.of(0, 9000, 1, 15000, 3, 2000), Set.of("GPU-1")));
        assertEquals(List.of(0, 1), choose(sharing(2), Map.of(0, 9000, 1, 15000, 2, 15000), Set.of("GPU-1", "GPU-2")));
    }

    @Test
    public void whatDoesNotMatchIsPassedOver() {
        assertEquals(List.of(0), choose(sharing(1).withModel("H100"), Map.of(0, 9000, 1, 2000), Set.of()));
        assertEquals(null, choose(sharing(2).withModel("H100"), Map.of(0, 9000, 1, 2000), Set.of()));
    }

    @Test
    public void onlyWhatIsTakenAnewIsWasted() {
        Score joined = Packing.choose(new BestPlacement(), sharing(1), INVENTORY, room(Map.of(1, 2000)), Set.of())
                .orElseThrow()
                .score();
        Score opened = Packing.choose(new BestPlacement(), sharing(1), INVENTORY, room(Map.of(1, 15000)), Set.of("GPU-1"))
                .orElseThrow()
                .score();
        assertEquals(0, joined.memory());
        assertEquals(15, opened.memory());
    }
}
