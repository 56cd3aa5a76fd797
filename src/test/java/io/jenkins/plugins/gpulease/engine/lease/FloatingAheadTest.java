package io.jenkins.plugins.gpulease.engine.lease;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.Gpus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.Test;

/** Requests that aren't bound to a node, where devices and executors are never idle at the same time. */
public class FloatingAheadTest extends FloatingFixture {

    /** Tasks that have the node's only executor take its only device, one after the other. */
    private void overtake(String node, int times) {
        for (int i = 1; i <= times; i++) {
            bound(node, "s" + i, 1);
            assertTrue("s" + i, fixture.isGranted("s" + i));
            fixture.release("s" + i);
        }
    }

    private int overtaken() {
        return fixture.table.floating().get(0).overtaken();
    }

    @Test
    public void itIsOvertakenByThoseWhoTakeItsDevicesWhileItLacksAnExecutor() {
        node("a", 1, 0);
        fixture.anywhere("f", 1, everywhere);
        overtake("a", LeaseTable.DEFAULT_MAX_OVERTAKES - 1);

        assertEquals(LeaseTable.DEFAULT_MAX_OVERTAKES - 1, overtaken());
        assertEquals(List.of("f"), fixture.floating());
    }

    @Test
    public void afterFourOvertakingsItGetsItsDevicesBeforeThereIsAnExecutor() {
        node("a", 1, 0);
        fixture.anywhere("f", 1, everywhere);
        overtake("a", LeaseTable.DEFAULT_MAX_OVERTAKES);

        assertEquals("a", fixture.granted("f").node());
        assertTrue(fixture.table.mayWaitForRoom("f"));
    }

    @Test
    public void severalDevicesAreKeptForItOneAfterTheOther() {
        node("a", 2, 0);
        bound("a", "long", 1);
        fixture.anywhere("f", 2, everywhere);
        overtake("a", LeaseTable.DEFAULT_MAX_OVERTAKES);
        bound("a", "next", 1);
        assertFalse(fixture.isGranted("next"));
        assertEquals(List.of("f"), fixture.floating());
        fixture.release("long");

        assertEquals("a", fixture.granted("f").node());
    }

    @Test
    public void theNextExecutorIsItsOwnNotThatOfOthersThatFloat() {
        node("a", 2, 0);
        fixture.anywhere("f", 1, everywhere);
        overtake("a", LeaseTable.DEFAULT_MAX_OVERTAKES);
        fixture.anywhere("g", 1, everywhere);
        room("a", 1);
        assertEquals(List.of("g"), fixture.floating());
        room("a", 0);
        start("f");
        assertEquals(List.of("g"), fixture.floating());
        room("a", 1);

        assertTrue(fixture.isGranted("g"));
    }

    @Test
    public void onlyOneTaskIsAheadOfTheRoomOfANode() {
        node("a", 4, 0);
        fixture.anywhere("f", 1, everywhere);
        fixture.anywhere("g", 1, new ScriptedCandidates().with("a", 0));
        overtake("a", LeaseTable.DEFAULT_MAX_OVERTAKES);

        assertTrue(fixture.isGranted("f"));
        assertEquals(List.of("g"), fixture.floating());
        fixture.release("f");
        assertTrue(fixture.isGranted("g"));
    }

    @Test
    public void aNodeWithRoomServesItBeforeOneWithout() {
        node("a", 1, 0).node("b", 1, 1);
        bound("b", "holder", 1);
        fixture.anywhere("f", 1, everywhere);
        overtake("a", LeaseTable.DEFAULT_MAX_OVERTAKES - 1);
        fixture.release("holder");

        assertEquals("b", fixture.granted("f").node());
    }

    /** Who has the executor may be one of those who wait for the devices; then neither would ever go on. */
    @Test
    public void whoIsBoundToTheNodeAndWaitsForItsDevicesIsLetByAgain() {
        node("a", 1, 0);
        fixture.anywhere("f", 1, everywhere);
        overtake("a", LeaseTable.DEFAULT_MAX_OVERTAKES);
        bound("a", "b", 1);
        assertFalse(fixture.isGranted("b"));
        assertFalse(fixture.table.mayWaitForRoom("f"));
        assertTrue(decline("f"));

        assertTrue(fixture.isGranted("b"));
        assertEquals(List.of("f"), fixture.floating());
    }

    @Test
    public void whoHadItsTurnMayBeOvertakenAgainBeforeTheNextOne() {
        node("a", 1, 0);
        fixture.anywhere("f", 1, everywhere);
        overtake("a", LeaseTable.DEFAULT_MAX_OVERTAKES);
        bound("a", "b", 1);
        assertTrue(decline("f"));
        assertEquals(0, overtaken());
        fixture.release("b");
        fixture.passTime(Duration.ofSeconds(30));
        fixture.run(() -> fixture.table.observe("a", Map.of()));
        assertEquals(List.of("f"), fixture.floating());
        for (int i = 0; i < LeaseTable.DEFAULT_MAX_OVERTAKES; i++) {
            bound("a", "t" + i, 1);
            fixture.release("t" + i);
        }

        assertEquals(List.of("a", "a"), fixture.nodesOf("f"));
    }

    @Test
    public void whereNoTaskStartsItNeitherCountsNorBlocks() {
        node("a", 1, 0);
        fixture.anywhere("f", 1, everywhere.closed("a"));
        overtake("a", 2 * LeaseTable.DEFAULT_MAX_OVERTAKES);

        assertEquals(0, overtaken());
        assertEquals(List.of("f"), fixture.floating());
    }

    @Test
    public void aNodeThatTakesNoTasksAnyMoreKeepsNothing() {
        node("a", 2, 0);
        bound("a", "long", 1);
        fixture.anywhere("f", 2, everywhere);
        overtake("a", LeaseTable.DEFAULT_MAX_OVERTAKES);
        bound("a", "b", 1);
        assertFalse(fixture.isGranted("b"));
        everywhere.closed("a");
        fixture.run(() -> fixture.table.observe("a", Map.of()));

        assertTrue(fixture.isGranted("b"));
    }

    @Test
    public void withStrictOrderItGetsThemAtOnce() {
        TableFixture strict = new TableFixture(0).with(Gpus.h100s(2));
        strict.anywhere("f", 2, new ScriptedCandidates().with(TableFixture.NODE, 0));

        assertTrue(strict.isGranted("f"));
    }

    @Test
    public void whatStartsAtOnceIsNotAheadOfItsRoom() {
        node("a", 1, 1);
        fixture.anywhere("f", 1, everywhere);
        assertTrue(fixture.isGranted("f"));

        assertFalse(fixture.table.mayWaitForRoom("f"));
        assertFalse(fixture.table.mayWaitForRoom("never there"));
    }
}
