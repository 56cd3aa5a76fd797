package io.jenkins.plugins.gpulease.engine.doctor;

import static org.hamcrest.CoreMatchers.allOf;
import static org.hamcrest.CoreMatchers.containsString;
import static org.hamcrest.CoreMatchers.startsWith;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.junit.Assert.assertEquals;

import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import java.util.List;
import org.junit.Rule;
import org.junit.Test;

/** Hardware, kernel module, driver's version and library. */
public class InstallationChecksTest {

    @Rule
    public final TestMachine host = new TestMachine();

    private static final Inventory NO_LIBRARY = Inventory.without(Inventory.Status.FAILED, "wrong ELF class", Gpus.SCANNED);

    @Test
    public void gpusOnTheBusAreCountedAndNamed() throws Exception {
        host.pciGpu("0000:1b:00.0", "nvidia").pciGpu("0000:0b:00.0", null);
        assertEquals("OK 2 NVIDIA GPUs on the PCI bus: 0000:0b:00.0, 0000:1b:00.0", host.finding(new HardwareCheck()));
    }

    @Test
    public void soundOfNvidiaAndGpusOfOthersAreNoGpus() throws Exception {
        host.file("/sys/bus/pci/devices/0000:01:00.1/vendor", "0x10de\n").file("/sys/bus/pci/devices/0000:01:00.1/class",
                "0x040300\n");
        host.file("/sys/bus/pci/devices/0000:02:00.0/vendor", "0x1002\n").file("/sys/bus/pci/devices/0000:02:00.0/class",
                "0x030000\n");
        assertThat(host.finding(new HardwareCheck()), allOf(startsWith("PROBLEM No NVIDIA GPU on the PCI"
                + " bus"), containsString("lspci")));
    }

    @Test
    public void linuxInWindowsNeedsTheDriverOfWindows() throws Exception {
        host.file("/dev/dxg", "");
        assertThat(host.finding(new HardwareCheck()), allOf(startsWith("PROBLEM Linux in Windows"), containsString("wsl"
                + " --shutdown")));
        host.file("/usr/lib/wsl/lib/libnvidia-ml.so.1", "");
        assertThat(host.finding(new HardwareCheck()), startsWith("INFO Linux in Windows"));
    }

    @Test
    public void aGpuThatOnlyNvmlHasIsFine() throws Exception {
        assertThat(host.devices(Gpus.t4(0)).finding(new HardwareCheck()), startsWith("OK No NVIDIA GPU on the PCI bus, but NVML"
                + " has one"));
    }

    @Test
    public void nouveauIsInTheWay() throws Exception {
        host.pciGpu("0000:01:00.0", "nouveau");
        assertThat(host.finding(new KernelModuleCheck()),
                allOf(startsWith("PROBLEM The driver 'nouveau' has 0000:01:00.0"), containsString("blacklist nouveau")));
    }

    @Test
    public void aGpuThatIsKeptForGuestsIsAWarningBesideOthers() throws Exception {
        host.pciGpu("0000:01:00.0", "vfio-pci").pciGpu("0000:02:00.0", "nvidia").module();
        assertThat(host.findings(new KernelModuleCheck()).get(0), startsWith("WARNING The driver 'vfio-pci' has 0000:01:00.0"));
    }

    @Test
    public void aModuleThatIsInstalledButNotLoadedIsToldFromOneThatIsNotBuilt() throws Exception {
        host.pciGpu("0000:01:00.0", null).file("/proc/sys/kernel/osrelease", "6.1.0-40\n");
        host.file("/lib/modules/6.1.0-40/modules.dep", "kernel/net/x.ko:\n");
        assertThat(host.finding(new KernelModuleCheck()),
                allOf(startsWith("PROBLEM There is no NVIDIA kernel module for kernel 6.1.0-40"), containsString("dkms")));
        host.file("/lib/modules/6.1.0-40/modules.dep", "kernel/net/x.ko:\nupdates/dkms/nvidia.ko.xz: kernel/y.ko\n");
        assertThat(host.finding(new KernelModuleCheck()),
                allOf(startsWith("PROBLEM NVIDIA's kernel module is installed for kernel 6.1.0-40, but not"
                        + " loaded"), containsString("modprobe")));
    }

    @Test
    public void withoutAListOfModulesTheMissingOneIsStillNamed() throws Exception {
        host.pciGpu("0000:01:00.0", null);
        assertThat(host.finding(new KernelModuleCheck()), startsWith("PROBLEM NVIDIA's kernel module is not loaded"));
    }

    @Test
    public void aGpuThatTheLoadedModuleLeavesIsNamed() throws Exception {
        host.pciGpu("0000:01:00.0", "nvidia").pciGpu("0000:02:00.0", null).module();
        assertThat(host.finding(new KernelModuleCheck()), startsWith("PROBLEM NVIDIA's kernel module is loaded, but doesn't take"
                + " 0000:02:00.0"));
    }

    @Test
    public void cudaNeedsAModuleOfItsOwn() throws Exception {
        host.pciGpu("0000:01:00.0", "nvidia").module();
        assertEquals("OK NVIDIA's kernel module is loaded", host.finding(new KernelModuleCheck()));
        host.file("/proc/modules", "nvidia 1 0 - Live 0x0\n");
        assertThat(host.finding(new KernelModuleCheck()), startsWith("WARNING The kernel module nvidia_uvm is not loaded"));
    }

    @Test
    public void withoutHardwareNoModuleIsMissed() throws Exception {
        assertEquals(List.of(), host.findings(new KernelModuleCheck()));
        assertEquals(List.of(), host.findings(new LibraryCheck()));
        assertEquals(List.of(), host.findings(new DriverVersionCheck()));
    }

    @Test
    public void moduleAndLibraryOfTwoVersionsNeedAReboot() throws Exception {
        host.module().file("/usr/lib64/libnvidia-ml.so.560.35.03", "").link("/usr/lib64/libnvidia-ml.so.1",
                "libnvidia-ml.so.560.35.03");
        assertThat(host.finding(new DriverVersionCheck()),
                allOf(startsWith("PROBLEM The kernel module has version 550.54.15, the library has"
                        + " 560.35.03"), containsString("reboot")));
    }

    @Test
    public void aMismatchThatOnlyNvmlTellsOfIsFoundToo() throws Exception {
        host.module().scanned(NO_LIBRARY, 18).file("/.dockerenv", "");
        assertThat(host.finding(new DriverVersionCheck()), allOf(startsWith("PROBLEM The kernel module"), containsString("start"
                + " the container anew")));
    }

    @Test
    public void theOpenKernelModuleTellsItsVersion() throws Exception {
        host.file("/proc/driver/nvidia/version", "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  560.35.03  Release"
                + " Build\n");
        assertEquals("OK Driver 560.35.03", host.finding(new DriverVersionCheck()));
    }

    @Test
    public void equalVersionsAreFine() throws Exception {
        host.module().scanned(Gpus.h100s(1), 0);
        assertEquals("OK Driver 550.54.15, and the library with it", host.finding(new DriverVersionCheck()));
    }

    @Test
    public void aLibraryThatIsNowhereIsMissed() throws Exception {
        host.pciGpu("0000:01:00.0", "nvidia").scanned(NO_LIBRARY, null);
        assertThat(host.finding(new LibraryCheck()), startsWith("PROBLEM libnvidia-ml.so.1 isn't in any of the usual places"
                + " (Install"));
        host.file("/.dockerenv", "");
        assertThat(host.finding(new LibraryCheck()), containsString("'utility'"));
    }

    @Test
    public void aLibraryThatCannotBeLoadedIsNamed() throws Exception {
        host.file("/opt/driver/libnvidia-ml.so.1", "").env("LD_LIBRARY_PATH", ":/opt/driver/").scanned(NO_LIBRARY, null);
        assertThat(host.finding(new LibraryCheck()), startsWith("PROBLEM There is /opt/driver/libnvidia-ml.so.1, but it wasn't"
                + " loaded"));
    }

    @Test
    public void itIsSaidWhereTheLibraryWasFound() throws Exception {
        assertEquals("OK Loaded from /usr/lib64/libnvidia-ml.so.550.54.15", host.devices(Gpus.h100(0)).finding(new LibraryCheck()));
    }

    @Test
    public void stubsAreNoLibraryAndInTheWay() throws Exception {
        host.file("/cuda/lib64/stubs/libnvidia-ml.so.1", "").env("LD_LIBRARY_PATH", "/cuda/lib64/stubs");
        assertThat(host.finding(new LibraryCheck()), startsWith("WARNING LD_LIBRARY_PATH has a folder of the CUDA toolkit's"
                + " stubs"));
    }

    @Test
    public void librariesOfTwoDriversAreAWarning() throws Exception {
        host.link("/usr/lib64/libnvidia-ml.so.1", "libnvidia-ml.so.550.54.15").file("/usr/lib64/libnvidia-ml.so.550.54.15", "");
        host.link("/usr/lib/libnvidia-ml.so.1", "libnvidia-ml.so.470.1").file("/usr/lib/libnvidia-ml.so.470.1", "");
        assertThat(host.devices(Gpus.h100(0)).findings(new LibraryCheck()).get(1),
                startsWith("WARNING There are libraries of 2 drivers: /usr/lib64/libnvidia-ml.so.1 (550.54.15),"
                        + " /usr/lib/libnvidia-ml.so.1 (470.1)"));
    }
}
