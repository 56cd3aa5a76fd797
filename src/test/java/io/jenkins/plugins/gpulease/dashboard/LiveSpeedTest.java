package io.jenkins.plugins.gpulease.dashboard;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.sf.json.JSONObject;
import org.junit.BeforeClass;
import org.junit.Test;

/** 1,000 nodes with 8 devices each, all leased, and 5,000 requests that wait. */
public class LiveSpeedTest {

    private static final int NODES = 1_000;
    private static final int WAITERS = 5_000;

    private static final Fleet FLEET = new Fleet();

    @BeforeClass
    public static void aLargeFleet() {
        for (int i = 0; i < NODES; i++) {
            String node = "node-" + i;
            FLEET.with(node, 8);
            for (int j = 0; j < 4; j++) {
                String id = "lease-" + i + "-" + j;
                FLEET.request(id, node, 2, Fleet.build("team-" + i % 50 + "/train", i, id));
            }
        }
        for (int i = 0; i < WAITERS; i++) {
            String id = "waiter-" + i;
            FLEET.request(id, "node-" + i % NODES, 1, Fleet.build("team-" + i % 50 + "/test", i, id));
        }
        readAll(0);
    }

    private static void readAll(int utilization) {
        for (int i = 0; i < NODES; i++) {
            FLEET.read("node-" + i, utilization);
        }
    }

    /** In ms: the median of several measurements, after some to warm up. */
    private static double cpu(String what, Callable<?> work) throws Exception {
        double[] times = new double[25];
        for (int i = 0; i < 40 + times.length; i++) {
            long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            work.call();
            if (i >= 40) {
                times[i - 40] = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before) / 1e6;
            }
        }
        Arrays.sort(times);
        double median = times[times.length / 2];
        Logger.getLogger(LiveSpeedTest.class.getName()).info(() -> what + ": " + median + " ms of CPU time");
        return median;
    }

    @Test
    public void itIsAllThere() {
        String text = LiveJson.of(FLEET.next(), FakeSight.ALL, null);
        Logger.getLogger(LiveSpeedTest.class.getName()).info(() -> "the answer has " + text.length() + " characters");
        JSONObject json = JSONObject.fromObject(text);

        assertEquals(NODES, json.getJSONArray("nodes").size());
        assertEquals(4 * NODES, json.getJSONArray("leases").size());
        assertEquals(WAITERS, json.getJSONArray("waiters").size());
    }

    /** The target is 50 ms for a version in which one node has changed; a slow machine gets four times that. */
    @Test
    public void aNewVersionIsCheap() throws Exception {
        int[] number = {0};
        double changed = cpu("a new version, one node changed", () -> {
            FLEET.read("node-" + number[0]++ % NODES, number[0] % 100);
            return LiveJson.of(FLEET.next(), FakeSight.ALL, null);
        });

        assertTrue(changed + " ms", changed < 200);
    }

    @Test
    public void aVersionInWhichAllIsNewIsStillCheap() throws Exception {
        int[] number = {0};
        double fresh = cpu("a new version, all devices changed", () -> {
            readAll(number[0]++ % 100);
            return LiveJson.of(FLEET.next(), FakeSight.ALL, null);
        });

        assertTrue(fresh + " ms", fresh < 400);
    }

    /** Beside that, each reader's permissions are asked, once for each node and job. */
    @Test
    public void aFurtherReaderCostsLessThanANewVersion() throws Exception {
        Set<String> jobs = IntStream.range(0, 25).mapToObj(i -> "team-" + i + "/train").collect(Collectors.toSet());
        FakeSight some = new FakeSight(false, Set.of("node-7"), jobs, false);
        double further = cpu("a further reader who may not see all", () -> LiveJson.of(FLEET.next(), some, null));
        double whole = cpu("a new version", () -> {
            readAll(1);
            return LiveJson.of(FLEET.next(), FakeSight.ALL, null);
        });

        assertTrue(further + " ms for a further reader, " + whole + " ms for a new version", further < whole);
    }
}
