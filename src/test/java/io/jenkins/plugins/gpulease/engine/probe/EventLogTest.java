package io.jenkins.plugins.gpulease.engine.probe;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.device.XidEvent;
import java.util.List;
import java.util.Map;
import org.junit.Test;

public class EventLogTest {

    private final EventLog log = new EventLog(1_000);

    private static XidEvent xid(long number) {
        return new XidEvent("GPU-a", number, Gpus.SCANNED);
    }

    private static Status since(EventLog log, long number) {
        return log.since(number, Map.of());
    }

    @Test
    public void onlyWhatIsNewIsTold() {
        log.add(xid(13));
        long known = since(log, 0).lastEvent();
        log.add(xid(79));
        assertEquals(List.of(xid(79)), since(log, known).events());
        assertEquals(List.of(), since(log, since(log, known).lastEvent()).events());
    }

    @Test
    public void onlyTheLastHundredAreKept() {
        for (int i = 1; i <= 150; i++) {
            log.add(xid(i));
        }
        List<XidEvent> events = since(log, 0).events();
        assertEquals(100, events.size());
        assertEquals(xid(51), events.get(0));
        assertEquals(xid(150), events.get(99));
    }

    @Test
    public void numbersGrowOverRestarts() {
        log.add(xid(13));
        long known = since(log, 0).lastEvent();
        EventLog later = new EventLog(2_000);
        later.add(xid(31));
        assertEquals(List.of(xid(31)), since(later, known).events());
    }

    @Test
    public void aNumberFromAClockThatRanAheadStandsForNone() {
        log.add(xid(13));
        assertEquals(List.of(xid(13)), since(log, Long.MAX_VALUE).events());
    }

    @Test
    public void whatMakesADeviceSickIsRemembered() {
        log.add(xid(79));
        log.add(xid(48));
        assertTrue(log.faults().of("GPU-a"), log.faults().of("GPU-a").contains("Xid 79"));
        assertNull(log.faults().of("GPU-b"));
    }

    @Test
    public void aFaultOfTheProgramIsNoFaultOfTheDevice() {
        log.add(xid(13));
        assertNull(log.faults().of("GPU-a"));
    }
}
