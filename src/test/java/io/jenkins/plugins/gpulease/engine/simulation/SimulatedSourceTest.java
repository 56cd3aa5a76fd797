package io.jenkins.plugins.gpulease.engine.simulation;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.GpuProcess;
import io.jenkins.plugins.gpulease.engine.device.Interconnect;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class SimulatedSourceTest {

    private static final long THIS_PID = ProcessHandle.current().pid();

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private Path loads;
    private SimulatedSource source;

    @Before
    public void simulate() {
        loads = temporary.getRoot().toPath().resolve("loads");
        source = source("4xH100:80GB,1xUnheardOf:8GB", "");
    }

    private SimulatedSource source(String spec, String salt) {
        return new SimulatedSource(SimulationSpec.parse(spec), loads, salt);
    }

    private static List<String> uuids(SimulatedSource source) {
        return source.scan().devices().stream().map(Device::uuid).toList();
    }

    private String uuid(int index) {
        return uuids(source).get(index);
    }

    private Path announce(long pid, String... lines) throws IOException {
        return Files.write(loads.resolve(Long.toString(pid)), List.of(lines));
    }

    @Test
    public void devicesArePlausible() {
        Inventory inventory = source.scan();
        Device first = inventory.devices().get(0);
        assertTrue(first.uuid(), first.uuid().matches("GPU-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"));
        assertTrue(first.model(), first.model().contains("H100"));
        assertEquals(MemorySize.parse("80GB"), first.memory());
        assertEquals("9.0", first.computeCapability().toString());
        assertEquals("00000000:1b:00.0", first.pciBusId());
        assertEquals(0, first.numaNode());
        assertNull(inventory.devices().get(4).computeCapability());
    }

    @Test
    public void noTwoDevicesShareAnIdentity() {
        List<Device> devices = source("64xT4", "").scan().devices();
        assertEquals(64, new HashSet<>(devices.stream().map(Device::uuid).toList()).size());
        assertEquals(64, new HashSet<>(devices.stream().map(Device::pciBusId).toList()).size());
    }

    @Test
    public void uuidsAreTheSameEachTime() {
        assertEquals(uuids(source), uuids(source("4xH100:80GB,UnheardOf:8GB", "")));
    }

    @Test
    public void anotherSaltMeansOtherDevices() {
        assertNotEquals(uuid(0), uuids(source("4xH100:80GB,1xUnheardOf:8GB", "agent-2")).get(0));
    }

    @Test
    public void modelsWithSwitchesAreConnectedByThem() {
        Inventory inventory = source.scan();
        assertEquals(Interconnect.NVSWITCH, inventory.topology().between(uuid(0), uuid(3)).interconnect());
        assertEquals(Interconnect.SYSTEM, inventory.topology().between(uuid(0), uuid(4)).interconnect());
        assertEquals(Interconnect.SAME_BOARD, inventory.topology().between(uuid(4), uuid(4)).interconnect());
    }

    @Test
    public void aLoadCountsUntilItIsClosed() throws IOException {
        try (SimulatedLoad load = new SimulatedLoad(loads)) {
            load.use(uuid(1), MemorySize.parse("12GiB"), 10);
            load.use(uuid(1), MemorySize.parse("24GiB"), 80);
            Reading reading = source.read(uuid(1));
            assertEquals(MemorySize.parse("24GiB"), reading.memoryUsed());
            assertEquals(MemorySize.parse("80GB").minus(MemorySize.parse("24GiB")), reading.memoryFree());
            assertEquals(Integer.valueOf(80), reading.utilization());
            assertEquals(List.of(THIS_PID), reading.processes().stream().map(GpuProcess::pid).toList());
            assertEquals("java", reading.processes().get(0).command());
        }
        assertEquals(List.of(), source.read(uuid(1)).processes());
        assertEquals(MemorySize.ZERO, source.read(uuid(1)).memoryUsed());
    }

    @Test
    public void aLoadConcernsOnlyItsDevice() throws IOException {
        announce(THIS_PID, uuid(0) + " 1GB 50");
        assertEquals(List.of(), source.read(uuid(1)).processes());
    }

    @Test
    public void aLoadEndsWithItsProcess() throws Exception {
        Process sleeper = new ProcessBuilder("sleep", "60").start();
        announce(sleeper.pid(), uuid(0) + " 1GB 50");
        assertEquals("sleep", source.read(uuid(0)).processes().get(0).command());
        sleeper.destroyForcibly().waitFor();
        assertEquals(List.of(), source.read(uuid(0)).processes());
    }

    @Test
    public void severalProcessesAddUpToWhatThereIs() throws Exception {
        Process sleeper = new ProcessBuilder("sleep", "60").start();
        try {
            announce(sleeper.pid(), uuid(0) + " 50GB 70");
            announce(THIS_PID, uuid(0) + " 50GB 70");
            Reading reading = source.read(uuid(0));
            assertEquals(2, reading.processes().size());
            assertEquals(MemorySize.parse("80GB"), reading.memoryUsed());
            assertEquals(MemorySize.ZERO, reading.memoryFree());
            assertEquals(Integer.valueOf(100), reading.utilization());
        } finally {
            sleeper.destroyForcibly();
        }
    }

    @Test
    public void whatIsNoLoadIsIgnored() throws IOException {
        announce(THIS_PID, "", "nonsense", uuid(0) + " 1GB", uuid(0) + " 1 50", uuid(0) + " 1GB 101", uuid(0) + " 1GB -1",
                uuid(0) + " 1GB 50 more", uuid(0) + " 999TB 7");
        Files.writeString(loads.resolve("not-a-pid"), uuid(0) + " 1GB 50");
        Files.writeString(loads.resolve("9".repeat(19)), uuid(0) + " 1GB 50");
        Files.createDirectory(loads.resolve("1"));
        Reading reading = source.read(uuid(0));
        assertEquals(Integer.valueOf(7), reading.utilization());
        assertEquals(MemorySize.parse("80GB"), reading.memoryUsed());
    }

    @Test
    public void aHugeFileIsReadOnlySoFar() throws IOException {
        announce(THIS_PID, " ".repeat(1 << 20), uuid(0) + " 1GB 50");
        assertEquals(List.of(), source.read(uuid(0)).processes());
    }

    @Test
    public void aFileOfAPredecessorWithTheSamePidDoesNotCount() throws IOException {
        Path file = announce(THIS_PID, uuid(0) + " 1GB 50");
        Instant start = ProcessHandle.current().info().startInstant().orElseThrow();
        Files.setLastModifiedTime(file, FileTime.from(start.minusSeconds(10)));
        assertEquals(List.of(), source.read(uuid(0)).processes());
    }

    @Test
    public void whatAKilledProcessLeftIsRemovedLater() throws Exception {
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();
        Path file = announce(gone.pid(), uuid(0) + " 1GB 50");
        source.read(uuid(0));
        assertTrue(Files.exists(file));
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(2 * 3600)));
        source.read(uuid(0));
        assertFalse(Files.exists(file));
    }

    @Test
    public void aDeviceThatIsNotThereHasAFailedReading() {
        assertTrue(source.read("GPU-x").health().problem().contains("GPU-x"));
    }

    @Test
    public void theFolderIsForItsUserOnly() throws IOException {
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(loads)));
    }

    @Test
    public void aLinkIsNoFolder() throws IOException {
        Path elsewhere = temporary.newFolder("elsewhere").toPath();
        Path link = Files.createSymbolicLink(temporary.getRoot().toPath().resolve("link"), elsewhere);
        SimulatedLoad load = new SimulatedLoad(link);
        IOException refused = assertThrows(IOException.class, () -> load.use("GPU-x", MemorySize.parse("1GB"), 5));
        assertTrue(refused.getMessage(), refused.getMessage().contains(link + " is not a folder"));
        assertEquals(0, elsewhere.toFile().list().length);
    }

    @Test
    public void aLinkInPlaceOfTheDraftIsNotFollowed() throws IOException {
        Path victim = temporary.newFile("victim").toPath();
        Files.createSymbolicLink(loads.resolve(THIS_PID + ".new"), victim);
        try (SimulatedLoad load = new SimulatedLoad(loads)) {
            load.use(uuids(source).get(0), MemorySize.parse("1GB"), 5);
            assertEquals(0, Files.size(victim));
            assertEquals(1, source.read(uuids(source).get(0)).processes().size());
        }
    }
}
