package io.jenkins.plugins.gpulease.engine.placement;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.Test;

/** {@code topology: 'required'} on machines with more GPUs than all sets of which can be tried. */
public class ConnectedSetsTest {

    private final BestPlacement placement = new BestPlacement();

    private static DeviceRequest connected(int count) {
        return DeviceRequest.of(count).withTopology(TopologyPolicy.REQUIRED);
    }

    private static Set<String> idle(Inventory inventory) {
        return inventory.devices().stream().map(Device::uuid).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private List<Integer> chosen(int count, Inventory inventory) {
        return placement.choose(connected(count), inventory, idle(inventory))
                .map(choice -> choice.devices().stream().map(Device::index).toList())
                .orElse(List.of());
    }

    private static Optional<String> obstacle(int count, Inventory inventory) {
        return Feasibility.obstacle("agent-1", connected(count), inventory);
    }

    @Test
    public void aSetIsFoundInTheOnlyIslandThatIsLargeEnough() {
        Inventory inventory = Topologies.islands(48, "NV4", "SYS", 3, 5, 9, 3, 5, 17, 6);

        assertEquals(IntStream.range(25, 42).boxed().toList(), chosen(17, inventory));
        assertTrue(obstacle(17, inventory).isEmpty());
        assertTrue(obstacle(18, inventory).orElseThrow().contains("at most 17 of them connected so"));
    }

    @Test
    public void switchGroupsAreIslandsToo() {
        Inventory inventory = Topologies.islands(40, "PIX", "NODE", 4, 16, 20);

        assertEquals(IntStream.range(20, 40).boxed().toList(), chosen(20, inventory));
        assertTrue(obstacle(21, inventory).orElseThrow().contains("at most 20 of them connected so"));
    }

    /** Steps that are best by NVLinks lead away from it. */
    @Test
    public void aHiddenSetIsFoundWhereEveryStepThatIsBestLeadsAway() {
        Inventory inventory = Topologies.hiddenClique(32, 6);

        assertEquals(List.of(26, 27, 28, 29, 30, 31), chosen(6, inventory));
        assertTrue(obstacle(6, inventory).isEmpty());
        assertTrue(obstacle(7, inventory).isPresent());
    }

    @Test
    public void whatIsPossibleIsFoundAndWhatIsNotIsSaidToBeImpossible() {
        for (int seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            Inventory inventory = Topologies.randomLinks(17 + random.nextInt(3), 0.2 + 0.7 * random.nextDouble(), random);
            int largest = largestByTryingAll(inventory);

            assertEquals("seed " + seed, largest, chosen(largest, inventory).size());
            assertTrue("seed " + seed, obstacle(largest, inventory).isEmpty());
            assertEquals("seed " + seed, List.of(), chosen(largest + 1, inventory));
            assertTrue("seed " + seed, obstacle(largest + 1, inventory).isPresent());
        }
    }

    private static int largestByTryingAll(Inventory inventory) {
        int size = inventory.devices().size();
        int[] partners = new int[size];
        for (int one = 0; one < size; one++) {
            for (int other = 0; other < size; other++) {
                partners[one] |= one != other && Topologies.isNvLinked(inventory, one, other) ? 1 << other : 0;
            }
        }
        int largest = 1;
        for (int set = 1; set < 1 << size; set++) {
            if (Integer.bitCount(set) > largest && isConnected(set, partners)) {
                largest = Integer.bitCount(set);
            }
        }
        return largest;
    }

    private static boolean isConnected(int set, int[] partners) {
        for (int rest = set; rest != 0; rest &= rest - 1) {
            int one = Integer.numberOfTrailingZeros(rest);
            if ((set & ~(1 << one) & ~partners[one]) != 0) {
                return false;
            }
        }
        return true;
    }

    @Test
    public void whatCantBeSaidInTimeIsNotCalledImpossible() {
        Inventory adversarial = Topologies.randomLinks(256, 0.9, new Random(1));
        int[] all = IntStream.range(0, 256).toArray();
        LargestClique search =
                new LargestClique(all, (one, other) -> Topologies.isNvLinked(adversarial, one, other), 1, all.length);

        assertFalse(search.isProven());
        assertTrue(obstacle(search.found().length + 1, adversarial).isEmpty());
    }

    @Test
    public void machinesThatAreBuiltTakeFewSteps() {
        int[] all = IntStream.range(0, 256).toArray();
        LargestClique search = new LargestClique(all, (one, other) -> one / 8 == other / 8, 1, all.length);

        assertTrue(search.isProven());
        assertEquals(8, search.found().length);
    }
}
