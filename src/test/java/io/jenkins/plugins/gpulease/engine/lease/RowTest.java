package io.jenkins.plugins.gpulease.engine.lease;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.Test;

public class RowTest {

    private final Fairness fairness = new Fairness(4, Duration.ofMinutes(10));
    private final Row row = new Row();
    private long arrivals;

    @Test
    public void whoComesLaterWithAHigherPriorityStandsBefore() {
        Waiter early = add(0);
        Waiter urgent = add(5);
        Waiter late = add(0);

        assertSame(urgent, row.first());
        assertEquals(List.of(urgent, early, late), row.list());
    }

    @Test
    public void anEmptyRowHasNoFirst() {
        assertTrue(row.isEmpty());
        assertNull(row.first());
        assertFalse(row.remove(waiter(0)));
    }

    @Test
    public void onlyThoseBeforeOneAreAskedAndTheOthersStay() {
        Waiter first = add(0);
        Waiter second = add(0);
        Waiter urgent = add(5);
        Waiter end = add(0);
        Waiter behind = add(0);
        List<Waiter> asked = new ArrayList<>();

        row.removeBefore(end, waiter -> {
            asked.add(waiter);
            return waiter != second;
        });

        assertEquals(List.of(first, second, urgent), asked);
        assertEquals(List.of(second, end, behind), row.list());
    }

    @Test
    public void theOrderIsThatOfASortedSetWhateverIsDone() {
        Random random = new Random(7);
        TreeSet<Waiter> expected = new TreeSet<>(Waiter.ORDER);
        for (int step = 0; step < 20_000; step++) {
            if (expected.isEmpty() || random.nextInt(100) < 52) {
                expected.add(add(random.nextInt(20) == 0 ? random.nextInt(5) : 0));
            } else {
                Waiter gone = random.nextInt(4) == 0 ? any(expected, random) : expected.first();
                expected.remove(gone);
                assertTrue(row.remove(gone));
            }
            assertSame(expected.isEmpty() ? null : expected.first(), row.first());
        }
        assertEquals(List.copyOf(expected), row.list());
    }

    private static Waiter any(TreeSet<Waiter> waiters, Random random) {
        return waiters.stream().skip(random.nextInt(waiters.size())).findFirst().orElseThrow();
    }

    private Waiter add(int priority) {
        Waiter added = waiter(priority);
        row.add(added);
        return added;
    }

    private Waiter waiter(int priority) {
        String id = "r" + arrivals;
        DeviceRequest devices = DeviceRequest.of(1);
        LeaseRequest request = new LeaseRequest(id, "agent-1", devices, new Holder(id, id), priority, null, false);
        Waiter waiter = new Waiter(request, devices, null, null, null, Gpus.SCANNED, arrivals++, arrivals * 1000);
        waiter.rank(fairness);
        return waiter;
    }
}
