package io.jenkins.plugins.gpulease.engine.lease;

import static org.junit.Assert.assertEquals;

import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import io.jenkins.plugins.gpulease.engine.placement.BestPlacement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.Test;

/** GPUs of the models M0 to M9; those with an index beyond what is idle are in use, and GPU 9 is sick. */
public class TurnsTest {

    private static final int MOST = 2;

    private final Fairness fairness = new Fairness(MOST, Duration.ZERO);
    private final NodePool node = new NodePool("agent-1", fairness, new Drains(), Gpus.SCANNED);
    private final List<String> turns = new ArrayList<>();
    private long arrivals;

    public TurnsTest() {
        node.setInventory(Gpus.inventory(IntStream.range(0, 10).mapToObj(TurnsTest::device).toList()));
    }

    private static Device device(int index) {
        Device device = Gpus.gpu(index, "M" + index, MemorySize.ofMib(1024), "9.0");
        return index == 9 ? Gpus.sick(device) : device;
    }

    /** Lets somebody wait for so many of some devices. */
    private TurnsTest wait(String name, int count, Integer... suits) {
        return overtaken(0, name, count, suits);
    }

    private TurnsTest overtaken(int times, String name, int count, Integer... suits) {
        String models = List.of(suits).stream().map(index -> "M" + index).collect(Collectors.joining("|"));
        LeaseRequest request = new LeaseRequest(
                name, "agent-1", DeviceRequest.of(count).withModel(models), new Holder(name, name), 0, null, false);
        WaitingOrder order = node.root().waiting();
        Waiter waiter = new Waiter(request, request.devices(), null, order, null, Gpus.SCANNED, arrivals++, 0);
        waiter.addOvertaken(times);
        order.enter(waiter);
        order.lineUp(waiter);
        return this;
    }

    /** Such as {@code small[0, 1] over big}. */
    private List<String> turns(int idle) {
        Set<String> uuids = IntStream.range(0, idle).mapToObj(index -> "GPU-" + index)
                .collect(Collectors.toCollection(LinkedHashSet::new));
        Turns.Hand hand = (waiter, pool, choice, overtaken) -> {
            waiter.order().leave(waiter);
            turns.add(waiter.request().id()
                    + choice.devices().stream().map(Device::index).toList()
                    + overtaken.stream().map(earlier -> " over " + earlier.request().id()).collect(Collectors.joining()));
        };
        new Turns(new BestPlacement(), (line, any) -> false, hand, List.of(new Stand(node.root(), Supply.of(uuids))))
                .take(List.of(), null);
        return turns;
    }

    @Test
    public void everybodyIsServedInTheirOrder() {
        wait("a", 1, 0, 1, 2).wait("b", 2, 0, 1, 2);

        assertEquals(List.of("a[0]", "b[1, 2]"), turns(3));
    }

    @Test
    public void thoseThatAreAlikeAreServedOneAfterTheOther() {
        wait("a", 1, 0, 1, 2).wait("b", 1, 1, 2).wait("c", 1, 0, 1, 2);

        assertEquals(List.of("a[0]", "b[1]", "c[2]"), turns(3));
    }

    @Test
    public void nothingIdleServesNobody() {
        wait("a", 1, 0);

        assertEquals(List.of(), turns(0));
    }

    @Test
    public void aSmallerRequestMayOvertakeALargerOne() {
        wait("big", 2, 0, 1).wait("small", 1, 0, 1);

        assertEquals(List.of("small[0] over big"), turns(1));
    }

    @Test
    public void everybodyWhoIsAlikeIsOvertakenAtOnceButNobodyBehind() {
        wait("big1", 2, 0, 1).wait("big2", 2, 0, 1).wait("small", 1, 0, 1).wait("big3", 2, 0, 1);

        assertEquals(List.of("small[0] over big1 over big2"), turns(1));
    }

    @Test
    public void whoWasOvertakenTooOftenKeepsItsDevicesFree() {
        overtaken(MOST, "big", 2, 0, 1).wait("small", 1, 0, 1);

        assertEquals(List.of(), turns(1));
    }

    /** Of two that are alike the later one was overtaken too often: the earlier came later, with a higher priority. */
    @Test
    public void devicesAreKeptFromItsOwnPlaceOn() {
        wait("big1", 2, 0, 1).wait("before", 1, 0).overtaken(MOST, "big2", 2, 0, 1).wait("behind", 1, 0, 1);

        assertEquals(List.of("before[0] over big1"), turns(1));
    }

    @Test
    public void devicesArentKeptForThoseBefore() {
        wait("big1", 3, 0, 1, 2).overtaken(MOST, "big2", 3, 0, 1, 2).wait("behind", 1, 0);

        assertEquals(List.of(), turns(2));
    }

    @Test
    public void theBoundHoldsWithinOneRound() {
        wait("big", 4, 0, 1, 2, 3).wait("a", 1, 0, 1, 2).wait("b", 1, 0, 1, 2).wait("c", 1, 0, 1, 2);

        assertEquals(List.of("a[0] over big", "b[1] over big"), turns(3));
    }

    @Test
    public void whoTakesOtherDevicesOvertakesNobody() {
        overtaken(MOST, "big", 2, 0, 5).wait("other", 1, 1);

        assertEquals(List.of("other[1]"), turns(2));
    }

    @Test
    public void whoCantBeServedInTimeNeitherBlocksNorCounts() {
        overtaken(MOST, "big", 2, 0, 9).wait("small", 1, 0);

        assertEquals(List.of("small[0]"), turns(1));
    }

    @Test
    public void severalCanBeOvertakenByOne() {
        wait("a", 2, 0, 1).wait("b", 3, 0, 1, 2).wait("c", 1, 0);

        assertEquals(List.of("c[0] over a over b"), turns(1));
    }
}
