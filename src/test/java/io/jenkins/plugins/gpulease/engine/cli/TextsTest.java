package io.jenkins.plugins.gpulease.engine.cli;

import static org.hamcrest.CoreMatchers.containsString;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.junit.Assert.assertEquals;

import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.DottedVersion;
import io.jenkins.plugins.gpulease.engine.device.Health;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import io.jenkins.plugins.gpulease.engine.device.Topology;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import io.jenkins.plugins.gpulease.engine.probe.TakenBack;
import io.jenkins.plugins.gpulease.engine.usage.DeviceUsage;
import io.jenkins.plugins.gpulease.engine.usage.LeaseUsage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.json.JSONObject;
import org.junit.Test;

public class TextsTest {

    private static final Device GPU = gpu(0, "GPU-a", false, Health.OK);
    private static final Device FRAME = gpu(1, "GPU-b", true, Health.OK);
    private static final Device LOST = gpu(2, "GPU-c", false, Health.sick("fell off the bus"));
    private static final Inventory INVENTORY = new Inventory(Inventory.Status.OK, null, List.of(GPU, FRAME, LOST), Topology.NONE,
            new DottedVersion("535.104"), null, Instant.EPOCH);

    // ---- list

    @Test
    public void theTableAlignsItsColumnsAndSaysWhatIsUnknown() {
        HostView view = new HostView(INVENTORY, List.of(
                        new DeviceRow(GPU, reading(GPU, "12 GB", 80), DeviceRow.State.LEASED, "training #1"),
                        new DeviceRow(FRAME, Reading.failed("GPU-b", Instant.EPOCH, "no"), DeviceRow.State.DIVIDED, null),
                        new DeviceRow(LOST, Reading.failed("GPU-c", Instant.EPOCH, "no"), DeviceRow.State.SICK, "fell off the bus")),
                "It isn't known who leases the GPUs: no folder");
        assertEquals(List.of(
                "Driver 535.104, CUDA up to unknown",
                "GPU  MODEL  MEMORY         UTIL  TEMP   STATE                                     UUID",
                "0    T4     12 GB / 16 GB  80 %  40 °C  leased by training #1                     GPU-a",
                "1    T4     ? / 16 GB      -     -      in MIG mode, its instances can be leased  GPU-b",
                "2    T4     ? / 16 GB      -     -      sick: fell off the bus                    GPU-c",
                "It isn't known who leases the GPUs: no folder"), HostTable.lines(view));
    }

    @Test
    public void failedAndEmptyAndNoHardwareAreDifferentWords() {
        assertThat(absence(Inventory.Status.FAILED), containsString("The GPUs can't be read: why"));
        assertThat(absence(Inventory.Status.EMPTY), containsString("No GPUs: why"));
        assertThat(absence(Inventory.Status.NO_HARDWARE), containsString("No NVIDIA hardware: why"));
    }

    @Test
    public void onlyWhatCannotBeReadIsAFailure() {
        assertEquals(0, ListCommand.exitCode(INVENTORY));
        assertEquals(0, ListCommand.exitCode(without(Inventory.Status.EMPTY)));
        assertEquals(0, ListCommand.exitCode(without(Inventory.Status.NO_HARDWARE)));
        assertEquals(1, ListCommand.exitCode(without(Inventory.Status.FAILED)));
        assertEquals(1, ListCommand.exitCode(without(Inventory.Status.UNKNOWN)));
    }

    @Test
    public void jsonHasNullForWhatIsUnknown() {
        JSONObject json = new JSONObject(HostJson.text(new HostView(INVENTORY, List.of(
                new DeviceRow(LOST, Reading.failed("GPU-c", Instant.EPOCH, "no"), DeviceRow.State.SICK, "fell off the bus")), null)));
        assertEquals("ok", json.getString("status"));
        assertEquals(JSONObject.NULL, json.get("cuda"));
        JSONObject device = json.getJSONArray("devices").getJSONObject(0);
        assertEquals("sick", device.getString("state"));
        assertEquals("fell off the bus", device.getString("detail"));
        assertEquals(16_000_000_000L, device.getLong("memory"));
        assertEquals(JSONObject.NULL, device.get("memoryUsed"));
        assertEquals(JSONObject.NULL, device.get("numaNode"));
    }

    // ---- run

    @Test
    public void theUsageTellsWhatWasUsedAndWhatWasLeft() {
        DeviceUsage usage = new DeviceUsage("GPU-a", 3, MemorySize.parse("12 GB"), null, 45, 90, 7_250.0, 1.5, List.of());
        TakenBack back = new TakenBack(Map.of("GPU-a", Verdict.occupied("in use by pid 7 (left-over)", List.of())),
                new LeaseUsage(Duration.ofSeconds(3), List.of(usage)));
        assertEquals(List.of(
                "held 1 GPU for 3.0 s",
                "GPU 0 (T4): peak memory 12 GB, mean utilisation 45 %, energy 7.3 kJ, throttled for 1.5 s",
                "GPU 0 (T4) is not clean: in use by pid 7 (left-over)"), UsageText.lines(List.of(GPU), back, Duration.ofSeconds(3)));
    }

    @Test
    public void whoWaitsIsToldForWhomOnceUntilItChangesOrAMinuteHasPassed() {
        WaitingText text = new WaitingText(DeviceRequest.of(1));
        Attempt attempt = new Attempt(List.of(), Map.of("GPU-a", "leased by training #1"));
        Attempt changed = new Attempt(List.of(), Map.of("GPU-a", "leased by training #2"));
        assertEquals("  GPU 0 (T4): leased by training #1", text.news(INVENTORY, attempt, seconds(0)).get(1));
        assertEquals(List.of(), text.news(INVENTORY, attempt, seconds(30)));
        assertThat(text.news(INVENTORY, changed, seconds(31)).get(0), containsString("waiting for 1 GPU, for 31.0 s now"));
        assertEquals("not at each change", List.of(), text.news(INVENTORY, attempt, seconds(33)));
        assertEquals(List.of(), text.news(INVENTORY, changed, seconds(90)));
        assertEquals(3, text.news(INVENTORY, changed, seconds(91)).size());
    }

    @Test
    public void sickGpusAreNamedToo() {
        String failure = new WaitingText(DeviceRequest.of(2)).failure(INVENTORY, new Attempt(List.of(), Map.of()), null);
        assertEquals("2 GPUs aren't free now\n  GPU 2 (T4): sick, fell off the bus", failure);
    }

    private static Duration seconds(long seconds) {
        return Duration.ofSeconds(seconds);
    }

    private static String absence(Inventory.Status status) {
        return HostTable.absence(without(status));
    }

    private static Inventory without(Inventory.Status status) {
        return Inventory.without(status, "why", Instant.EPOCH);
    }

    private static Device gpu(int index, String uuid, boolean mig, Health health) {
        return new Device(uuid, index, "T4", MemorySize.parse("16 GB"), null, "00000000:0" + index + ":00.0", -1, mig, null, null, health);
    }

    private static Reading reading(Device device, String used, int utilization) {
        return new Reading(device.uuid(), Instant.EPOCH, MemorySize.parse(used), null, false, utilization, null, 40, null, List.of(),
                List.of(), Health.OK);
    }
}
