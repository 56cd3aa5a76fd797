package io.jenkins.plugins.gpulease.engine.nvml;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class NvidiaHardwareTest {

    @Rule
    public final TemporaryFolder machine = new TemporaryFolder();

    private Path root() {
        return machine.getRoot().toPath();
    }

    private String evidence() {
        return NvidiaHardware.below(root()).evidence();
    }

    private void file(String name, String content) throws IOException {
        Path file = root().resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    private void pci(String address, String vendor, String kind) throws IOException {
        file("sys/bus/pci/devices/" + address + "/vendor", vendor + "\n");
        file("sys/bus/pci/devices/" + address + "/class", kind + "\n");
    }

    @Test
    public void anEmptyMachineHasNothing() {
        assertNull(evidence());
        assertFalse(NvidiaHardware.below(root()).isWorthProbing(null));
    }

    @Test
    public void theDriversFilesAreEvidence() throws IOException {
        for (String name : new String[] {"dev/nvidia0", "dev/nvidiactl", "proc/driver/nvidia/version"}) {
            file(name, "");
            assertEquals("/" + name, evidence());
        }
    }

    @Test
    public void aDisplayControllerOfNvidiaIsEvidenceWithoutAnyDriver() throws IOException {
        pci("0000:00:02.0", "0x8086", "0x030000");
        assertNull(evidence());
        pci("0000:1b:00.0", "0x10de", "0x030200");
        assertEquals("PCI device 0000:1b:00.0", evidence());
    }

    @Test
    public void otherDevicesOfNvidiaAreNoEvidence() throws IOException {
        pci("0000:1b:00.1", "0x10de", "0x040300");
        pci("0000:c0:00.0", "0x10de", "0x068000");
        assertNull(evidence());
    }

    @Test
    public void windowsSubsystemForLinuxNeedsTheLibraryToo() throws IOException {
        file("dev/dxg", "");
        assertNull(evidence());
        file("usr/lib/wsl/lib/libnvidia-ml.so.1", "");
        assertEquals("/usr/lib/wsl/lib/libnvidia-ml.so.1", evidence());
    }

    @Test
    public void theLibraryAloneIsNoEvidenceOfHardware() throws IOException {
        file("usr/lib/wsl/lib/libnvidia-ml.so.1", "");
        assertNull(evidence());
    }

    @Test
    public void aConfiguredLibraryIsWorthAProbeSoThatAMistakeShows() {
        assertTrue(NvidiaHardware.below(root()).isWorthProbing("/opt/libnvidia-ml.so.1"));
        assertFalse(NvidiaHardware.below(root()).isWorthProbing(" "));
    }
}
