package io.jenkins.plugins.gpulease.dashboard;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotSame;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertTrue;

import java.time.Instant;
import java.util.List;
import org.junit.Test;

public class SnapshotsTest {

    private final Fleet fleet = new Fleet().with("a", 2).with("b", 2);

    @Test
    public void aSnapshotStaysUntilSomethingChanges() {
        Snapshot first = fleet.next();
        assertSame(first, fleet.next());

        fleet.request("1", "a", 1, Fleet.build("train", 1, "1"));
        assertTrue(fleet.next().number() > first.number());
    }

    @Test
    public void itIsMadeAtMostOnceASecond() {
        Snapshot first = fleet.next();
        fleet.request("1", "a", 1, Fleet.build("train", 1, "1"));

        assertSame(first, fleet.snapshots.current());
        assertNotSame(first, fleet.next());
    }

    @Test
    public void partsThatHaveNotChangedAreTakenOver() {
        List<NodePart> first = fleet.next().nodes();
        fleet.request("1", "a", 1, Fleet.build("train", 1, "1"));
        List<NodePart> second = fleet.next().nodes();

        assertNotSame(first.get(0), second.get(0));
        assertSame(first.get(1), second.get(1));
    }

    @Test
    public void newReadingsMakeANewSnapshot() {
        Snapshot first = fleet.next();
        fleet.read("b", 50);
        Snapshot second = fleet.next();

        assertNotSame(first, second);
        assertSame(first.nodes().get(0), second.nodes().get(0));
        assertNotSame(first.nodes().get(1), second.nodes().get(1));
    }

    @Test
    public void whatAPersonDidIsSeenAtOnce() {
        fleet.next();
        HistoryEntry entry = new HistoryEntry(Instant.now(), "me", "a", "drained GPU 0", List.of());
        fleet.history.add(entry);

        assertEquals(List.of(entry), fleet.snapshots.current().history());
    }

    @Test
    public void pausingIsAChange() {
        Snapshot first = fleet.next();
        fleet.table.pause();

        assertTrue(fleet.next().paused());
        assertTrue(!first.paused());
    }
}
