package io.jenkins.plugins.gpulease.queue;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertTrue;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.Test;

public class ItemGatesTest {

    private final ItemGates<String> gates = new ItemGates<>();

    @Test
    public void anItemWithoutAGateMayStartAnywhere() {
        gates.put(1, node -> "closed");

        assertNull(gates.blockage(2, "agent-1"));
    }

    @Test
    public void aGateIsAskedForTheNode() {
        gates.put(1, node -> node.equals("agent-1") ? null : "not on " + node);

        assertNull(gates.blockage(1, "agent-1"));
        assertEquals("not on agent-2", gates.blockage(1, "agent-2"));
    }

    @Test
    public void aGateIsReplacedOnlyIfItIsTheExpectedOne() {
        ItemGates.Gate<String> first = node -> "first";
        ItemGates.Gate<String> second = node -> "second";
        AtomicInteger steps = new AtomicInteger();
        gates.put(1, first);

        assertFalse(gates.replace(1, second, second, steps::incrementAndGet));
        assertEquals(0, steps.get());
        assertTrue(gates.replace(1, first, second, steps::incrementAndGet));
        assertEquals(1, steps.get());
        assertSame(second, gates.get(1));
    }

    @Test
    public void manyComeAndGo() {
        Map<Long, ItemGates.Gate<String>> expected = new HashMap<>();
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            long item = random.nextInt(1_000);
            if (random.nextBoolean()) {
                String closed = "closed " + i;
                ItemGates.Gate<String> gate = node -> closed;
                gates.put(item, gate);
                expected.put(item, gate);
            } else {
                assertSame(expected.remove(item), gates.remove(item));
            }
        }

        for (long item = 0; item < 1_000; item++) {
            assertSame(expected.get(item), gates.get(item));
        }
        assertEquals(expected.size(), gates.all().size());
        assertEquals(new HashSet<>(expected.values()), new HashSet<>(gates.all()));
    }
}
