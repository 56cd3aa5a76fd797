package io.jenkins.plugins.gpulease.build;

import static org.junit.Assert.assertEquals;

import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Gpus;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.Test;

public class KeptLeasesTest {

    @Test
    public void onlyTheNewestLeasesKeepTheirCourses() {
        List<LeaseRecord> kept = KeptLeases.withNewestCourses(IntStream.range(0, 12).mapToObj(i -> lease(5)).toList());

        assertEquals(List.of(0, 0, 0, 0, 0, 2, 5, 5, 5, 5, 5, 5), kept.stream().map(LeaseRecord::courses).toList());
        assertEquals(KeptLeases.MAX_COURSES, kept.stream().mapToInt(LeaseRecord::courses).sum());
    }

    @Test
    public void aLeaseOfVeryManyDevicesKeepsSomeCourses() {
        assertEquals(KeptLeases.MAX_COURSES, KeptLeases.withNewestCourses(List.of(lease(40))).get(0).courses());
    }

    @Test
    public void theFiguresStay() {
        LeaseRecord first = KeptLeases.withNewestCourses(List.of(lease(2), lease(32))).get(0);

        assertEquals(0, first.courses());
        assertEquals(Long.valueOf(1_000), first.getDevices().get(1).getPeakMemoryMib());
        assertEquals(Integer.valueOf(50), first.getMeanUtilization());
    }

    private static LeaseRecord lease(int devices) {
        Device[] gpus = IntStream.range(0, devices).mapToObj(Gpus::h100).toArray(Device[]::new);
        return TestLeases.returned("l", 0, 1, 61, 50, 1_000, gpus);
    }
}
