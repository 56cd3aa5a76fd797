package io.jenkins.plugins.gpulease.engine.lease;

import static io.jenkins.plugins.gpulease.engine.lease.TableFixture.asking;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.placement.BestPlacement;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.Test;

/** Nobody is overtaken more often than the table allows. */
public class FairnessTest {

    private int overtaken(TableFixture fixture, String id) {
        return fixture.view().waiters().stream()
                .filter(waiter -> waiter.request().id().equals(id))
                .findFirst()
                .orElseThrow()
                .overtaken();
    }

    @Test
    public void aSmallerRequestMayOvertakeOnlyFourTimes() {
        TableFixture fixture = new TableFixture().with(Gpus.h100s(2));
        fixture.request("first", 1);
        fixture.request("big", 2);
        for (int i = 1; i <= 4; i++) {
            fixture.request("small" + i, 1);
            assertTrue(fixture.isGranted("small" + i));
            assertEquals(i, overtaken(fixture, "big"));
            fixture.release("small" + i);
        }
        fixture.request("small5", 1);
        assertTrue(fixture.isWaiting("small5"));

        fixture.release("first");

        assertTrue(fixture.isGranted("big"));
        fixture.release("big");
        assertTrue(fixture.isGranted("small5"));
    }

    @Test
    public void whoNeedsOtherDevicesIsNotHeldBack() {
        TableFixture fixture = new TableFixture(0).with(Gpus.inventory(Gpus.h100(0), Gpus.h100(1), Gpus.t4(2)));
        fixture.request(asking("first", DeviceRequest.of(1).withModel("H100")));
        fixture.request(asking("big", DeviceRequest.of(2).withModel("H100")));
        fixture.request(asking("other", DeviceRequest.of(1).withModel("T4")));

        assertTrue(fixture.isGranted("other"));
        assertEquals(0, overtaken(fixture, "big"));
    }

    @Test
    public void anOfferThatComesToNothingOvertookNobody() {
        TableFixture fixture = new TableFixture().with(Gpus.h100s(2));
        fixture.request("first", 1);
        fixture.request("big", 2);
        fixture.custodian.slow();
        fixture.custodian.findAtHandOut("GPU-1", Verdict.occupied("used by pid 7", List.of()));
        fixture.request("small", 1);
        assertEquals(1, overtaken(fixture, "big"));

        fixture.answer();

        assertTrue(fixture.isWaiting("small"));
        assertEquals(0, overtaken(fixture, "big"));
    }

    @Test
    public void aCancelledOfferOvertookNobody() {
        TableFixture fixture = new TableFixture().with(Gpus.h100s(2));
        fixture.request("first", 1);
        fixture.request("big", 2);
        fixture.custodian.slow();
        fixture.request("small", 1);
        fixture.cancel("small");
        fixture.answer();

        assertEquals(0, overtaken(fixture, "big"));
    }

    @Test
    public void whoWaitsForASickDeviceHoldsNobodyUp() {
        TableFixture fixture = new TableFixture(0).with(Gpus.h100s(2));
        fixture.run(() -> fixture.table.observe(TableFixture.NODE, Map.of("GPU-1", Verdict.sick("fell off the bus"))));
        fixture.request("big", 2);
        fixture.request("small", 1);

        assertTrue(fixture.isGranted("small"));
        assertFalse(fixture.isGranted("big"));
    }

    /** Counts for itself: where all devices are alike, every later request that is offered some takes them from the earlier. */
    @Test
    public void whateverComesNobodyIsOvertakenMoreOftenThanAllowed() {
        for (int bound = 0; bound <= 3; bound++) {
            long seed = System.nanoTime();
            assertTrue("Seed " + seed + ", bound " + bound, mostOvertakes(bound, new Random(seed)) <= bound);
        }
        assertEquals(2, mostOvertakes(2, new Random(1)));
    }

    private static int mostOvertakes(int bound, Random random) {
        TableFixture fixture = new TableFixture(bound).with(Gpus.h100s(4));
        Map<String, Integer> overtaken = new LinkedHashMap<>();
        int most = 0;
        for (int i = 100; i < 600; i++) {
            int offersBefore = fixture.custodian.calls.size();
            if (random.nextBoolean()) {
                overtaken.put("r" + i, 0);
                fixture.request("r" + i, 1 + random.nextInt(4));
            } else if (!fixture.view().leases().isEmpty()) {
                List<Lease> leases = fixture.view().leases();
                fixture.release(leases.get(random.nextInt(leases.size())).id());
            }
            List<String> calls = fixture.custodian.calls;
            for (String call : calls.subList(offersBefore, calls.size())) {
                if (call.startsWith("handOut ")) {
                    String served = call.substring("handOut ".length());
                    overtaken.remove(served);
                    overtaken.replaceAll((id, times) -> id.compareTo(served) < 0 ? times + 1 : times);
                }
            }
            most = Math.max(most, overtaken.values().stream().max(Integer::compare).orElse(0));
        }
        return most;
    }

    @Test
    public void theBoundCanBeLowered() {
        TableFixture fixture = new TableFixture().with(Gpus.h100s(3));
        fixture.request("first", 2);
        fixture.request("big", 3);
        fixture.request("small1", 1);
        assertTrue(fixture.isGranted("small1"));
        fixture.run(() -> fixture.table.setMaxOvertakes(1));
        fixture.release("small1");
        fixture.request("small2", 1);

        assertTrue(fixture.isWaiting("small2"));
        assertEquals(1, overtaken(fixture, "big"));
    }

    @Test
    public void theBoundCanBeRaised() {
        TableFixture fixture = new TableFixture(0).with(Gpus.h100s(2));
        fixture.request("first", 1);
        fixture.request("big", 2);
        fixture.request("small", 1);
        assertTrue(fixture.isWaiting("small"));
        fixture.run(() -> fixture.table.setMaxOvertakes(1));

        assertTrue(fixture.isGranted("small"));
    }

    @Test
    public void aHigherPriorityGoesFirstUnlessTheLowerOneHasWaitedLongEnough() {
        TableFixture fixture = new TableFixture().with(Gpus.h100s(1));
        fixture.request("holder", 1);
        fixture.request("low", 1);
        fixture.passTime(LeaseTable.DEFAULT_AGEING.minusSeconds(1));
        fixture.request(TableFixture.urgent("early", 1, 1));
        fixture.passTime(Duration.ofSeconds(2));
        fixture.request(TableFixture.urgent("late", 1, 1));
        fixture.request(TableFixture.urgent("veryUrgent", 1, 2));

        assertEquals(List.of("veryUrgent", "early", "low", "late"), fixture.waiting());
    }

    @Test
    public void prioritiesThatDontAgeArentCaughtUpWith() {
        TableFixture fixture = new TableFixture().with(Gpus.h100s(1));
        fixture.request("holder", 1);
        fixture.request("low", 1);
        fixture.passTime(Duration.ofDays(7));
        fixture.request(TableFixture.urgent("high", 1, 1));
        assertEquals(List.of("low", "high"), fixture.waiting());
        fixture.run(() -> fixture.table.setAgeing(Duration.ZERO));
        assertEquals(List.of("high", "low"), fixture.waiting());
        fixture.run(() -> fixture.table.setAgeing(Duration.ofDays(8)));
        assertEquals(List.of("high", "low"), fixture.waiting());
        fixture.release("holder");

        assertTrue(fixture.isGranted("high"));
    }

    @Test
    public void aClockThatGoesBackPutsNobodyFirst() {
        TableFixture fixture = new TableFixture().with(Gpus.h100s(1));
        fixture.request("holder", 1);
        fixture.request("a", 1);
        fixture.passTime(Duration.ofHours(-1));
        fixture.request("b", 1);

        assertEquals(List.of("a", "b"), fixture.waiting());
    }

    @Test
    public void anAgeingIntervalOutOfRangeIsRefused() {
        LeaseTable table = new TableFixture().table;

        assertThrows(IllegalArgumentException.class, () -> table.setAgeing(Duration.ofSeconds(-1)));
        assertThrows(IllegalArgumentException.class, () -> table.setAgeing(LeaseTable.MAX_AGEING.plusSeconds(1)));
        assertThrows(IllegalArgumentException.class, () -> table.setMaxOvertakes(-1));
    }

    @Test
    public void aNegativeBoundIsRefused() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new LeaseTable(new BestPlacement(), new ScriptedCustodian(), Runnable::run, Clock.systemUTC(), -1));
    }
}
