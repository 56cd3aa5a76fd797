package io.jenkins.plugins.gpulease.dashboard;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;

import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.lease.Holder;
import io.jenkins.plugins.gpulease.engine.lease.LeaseRequest;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.sf.json.JSONObject;
import org.junit.Before;
import org.junit.Test;

public class LiveJsonTest {

    private final Fleet fleet = new Fleet().with("a", 2).with("b", 1);

    @Before
    public void aLeaseAndARequest() {
        fleet.request("held", "a", 2, Fleet.build("secret", 1, "held"));
        fleet.request("waits", "a", 1, Fleet.build("open", 2, "waits"));
    }

    private JSONObject json(Sight sight) {
        return JSONObject.fromObject(LiveJson.of(fleet.next(), sight, null));
    }

    private static FakeSight seeing(String... jobs) {
        return new FakeSight(false, Set.of(), Set.of(jobs), false);
    }

    private static JSONObject device(JSONObject json, int node, int device) {
        return json.getJSONArray("nodes").getJSONObject(node).getJSONArray("devices").getJSONObject(device);
    }

    @Test
    public void itTellsWhoHasADeviceAndWhoWaits() {
        JSONObject json = json(FakeSight.ALL);

        assertEquals("leased", device(json, 0, 0).getString("state"));
        assertEquals("idle", device(json, 1, 0).getString("state"));
        assertEquals("[\"held\"]", device(json, 0, 0).getJSONArray("leases").toString());
        assertEquals("secret #1", json.getJSONArray("leases").getJSONObject(0).getString("name"));
        assertEquals("job/open/2/", json.getJSONArray("waiters").getJSONObject(0).getString("url"));
        assertEquals("0 of 2 GPUs of a idle", json.getJSONArray("waiters").getJSONObject(0).getString("why"));
    }

    @Test
    public void whoCannotReadAJobReadsNothingOfItsBuilds() {
        String text = LiveJson.of(fleet.next(), seeing("open"), null);

        assertThat(text, not(containsString("secret")));
        assertThat(text, containsString("open #2"));
        JSONObject lease = JSONObject.fromObject(text).getJSONArray("leases").getJSONObject(0);
        assertEquals("held", lease.getString("id"));
        assertFalse(lease.has("name"));
        assertFalse(lease.has("url"));
    }

    @Test
    public void aHiddenNodeIsNotThereWithAllThatIsOnIt() {
        JSONObject json = json(new FakeSight(false, Set.of("a"), Set.of("open", "secret"), true));

        assertEquals(1, json.getJSONArray("nodes").size());
        assertEquals("[]", json.getJSONArray("leases").toString());
        assertEquals("[]", json.getJSONArray("waiters").toString());
    }

    @Test
    public void whatRunsOnADeviceIsToldOnlyToWhoMayKnow() {
        fleet.table.observe("b", Map.of("b-0", Verdict.occupied("used by pid 1 (secret.py)", List.of())));

        assertThat(LiveJson.of(fleet.next(), seeing(), null), not(containsString("secret.py")));
        assertThat(LiveJson.of(fleet.next(), FakeSight.ALL, null), containsString("secret.py"));
        assertEquals("occupied", device(json(seeing()), 1, 0).getString("state"));
    }

    @Test
    public void everybodyReadsWhyADeviceIsDrained() {
        fleet.table.drain("b-0", "fan");

        assertEquals("fan", device(json(seeing()), 1, 0).getString("drained"));
    }

    @Test
    public void oneNodeCanBeAskedFor() {
        JSONObject json = JSONObject.fromObject(LiveJson.of(fleet.next(), FakeSight.ALL, "b"));

        assertEquals(1, json.getJSONArray("nodes").size());
        assertEquals(0, json.getJSONArray("waiters").size());
    }

    @Test
    public void whoCannotReadAJobReadsNoHistoryOfItsLeases() {
        Holder holder = Fleet.build("secret", 1, "held");
        fleet.history.add(new HistoryEntry(Instant.now(), "me", "a", "released a lease of", List.of(holder)));
        fleet.history.add(new HistoryEntry(Instant.now(), "me", "a", "drained GPU 0", List.of()));

        assertEquals(1, json(seeing()).getJSONArray("history").size());
        assertEquals(2, json(FakeSight.ALL).getJSONArray("history").size());
    }

    @Test
    public void allWhoShareADeviceAreTold() {
        for (String id : List.of("s1", "s2")) {
            fleet.table.request(new LeaseRequest(id, "b", DeviceRequest.of(1).withMinMemory(MemorySize.parse("10 GiB")).withShared(true),
                    Fleet.build("open", 3, id), 0, null, false), Fleet.NOBODY);
        }
        JSONObject json = json(FakeSight.ALL);

        assertEquals("[\"s1\",\"s2\"]", device(json, 1, 0).getJSONArray("leases").toString());
        assertEquals(20 * 1024, device(json, 1, 0).getInt("promised"));
        assertEquals(10 * 1024, json.getJSONArray("leases").getJSONObject(1).getInt("budget"));
    }

    @Test
    public void hostileNamesAreOnlyText() {
        String hostile = "<img src=x onerror=alert(1)>\"\\";
        fleet.request("h", "b", 1, new Holder("x#1/h", hostile));
        String text = LiveJson.of(fleet.next(), FakeSight.ALL, null);

        assertThat(text, not(containsString("<")));
        assertEquals(hostile, JSONObject.fromObject(text).getJSONArray("leases").getJSONObject(1).getString("name"));
    }

    @Test
    public void readingsAreShownWithTheirTime() {
        fleet.read("b", 42);
        JSONObject device = device(json(seeing()), 1, 0);

        assertEquals(4_711, device.getInt("used"));
        assertEquals(42, device.getInt("utilization"));
        assertEquals(60, device.getInt("temperature"));
        assertFalse(device.getLong("readAt") == 0);
    }
}
