package io.jenkins.plugins.gpulease.engine.doctor;

import static org.hamcrest.CoreMatchers.allOf;
import static org.hamcrest.CoreMatchers.containsString;
import static org.hamcrest.CoreMatchers.startsWith;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.junit.Assert.assertEquals;

import io.jenkins.plugins.gpulease.engine.device.GpuProcess;
import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.device.Health;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.Readings;
import io.jenkins.plugins.gpulease.engine.nvml.GpuSettings;
import io.jenkins.plugins.gpulease.engine.nvml.GpuSettings.ComputeMode;
import java.nio.file.Files;
import java.util.List;
import org.junit.Rule;
import org.junit.Test;

/** What NVML, the kernel's log and the GPUs themselves say. */
public class DeviceChecksTest {

    @Rule
    public final TestMachine host = new TestMachine();

    private TestMachine settings(Boolean persistence, ComputeMode mode) {
        return host.devices(Gpus.h100(0)).looked(Readings.of("GPU-0").build(), new GpuSettings("GPU-0", 0, persistence, mode));
    }

    @Test
    public void anAnswerOfEachGpuIsFine() throws Exception {
        host.devices(Gpus.h100(0)).looked(Readings.of("GPU-0").build());
        assertEquals("OK 1 GPU answers: GPU 0 (NVIDIA H100 80GB HBM3)", host.finding(new NvmlCheck()));
    }

    @Test
    public void aDriverThatHangsIsAProblemAndWhatItSaidBeforeCounts() throws Exception {
        host.problem("The process was killed, while looking for GPUs");
        assertThat(host.finding(new NvmlCheck()), startsWith("PROBLEM The process was killed, while looking for GPUs (The driver"
                + " hangs"));
        host.devices(Gpus.h100(0));
        assertEquals(1, host.findings(new NvmlCheck()).size());
    }

    @Test
    public void whyNvmlFailedIsSaid() throws Exception {
        host.scanned(Inventory.without(Inventory.Status.FAILED, "NVML can't be initialised: no permission", Gpus.SCANNED), 4);
        assertThat(host.finding(new NvmlCheck()), startsWith("PROBLEM NVML can't be initialised: no permission"));
    }

    @Test
    public void aSickGpuIsAProblemThatDoesNotHideTheOthers() throws Exception {
        host.devices(Gpus.sick(Gpus.h100(0)), Gpus.h100(1), Gpus.h100(2)).looked(Readings.of("GPU-2").sick("lost while it was"
                + " read").build());
        List<String> findings = host.findings(new NvmlCheck());
        assertThat(findings.get(0), startsWith("PROBLEM GPU 0 (NVIDIA H100 80GB HBM3) is sick: fell off the bus"));
        assertThat(findings.get(1), startsWith("PROBLEM GPU 2 (NVIDIA H100 80GB HBM3) is sick: lost while it was read"));
        assertEquals(2, findings.size());
    }

    @Test
    public void theReasonOfASickGpuIsToldFromItsCure() throws Exception {
        host.devices(Gpus.h100(0).withHealth(Health.sick("The GPU does not answer: lost (NVML code 15). Look for 'Xid'; reboot")));
        assertEquals("PROBLEM GPU 0 (NVIDIA H100 80GB HBM3) is sick: The GPU does not answer: lost (NVML code 15) (Look for 'Xid'; reboot)",
                host.finding(new NvmlCheck()));
    }

    @Test
    public void aColonBeginsTheCureOfASickGpuWhereNoFullStopDoes() throws Exception {
        host.devices(Gpus.h100(0).withHealth(Health.sick("Bad memory pages wait to be retired: reset: it")));
        assertEquals("PROBLEM GPU 0 (NVIDIA H100 80GB HBM3) is sick: Bad memory pages wait to be retired (Reset: it)",
                host.finding(new NvmlCheck()));
    }

    @Test
    public void nvmlIsNotAskedWhereNothingPointsToNvidia() throws Exception {
        assertThat(host.finding(new NvmlCheck()), startsWith("INFO Not asked"));
    }

    @Test
    public void aGpuOnTheBusThatNvmlLacksIsLost() throws Exception {
        host.pciGpu("0000:10:00.0", "nvidia").pciGpu("0000:11:00.0", "nvidia").pciGpu("0000:12:00.0",
                "vfio-pci").devices(Gpus.h100(0));
        assertThat(host.finding(new LostGpuCheck()), allOf(startsWith("PROBLEM On the PCI bus, but not in NVML: 0000:11:00.0"
                + " ("), containsString("Xid 79")));
    }

    @Test
    public void whatAContainerWasNotGivenIsNotLost() throws Exception {
        host.pciGpu("0000:10:00.0", "nvidia").pciGpu("0000:11:00.0", "nvidia").devices(Gpus.h100(0)).file("/.dockerenv", "");
        assertThat(host.finding(new LostGpuCheck()), startsWith("INFO On the PCI bus, but not in NVML: 0000:11:00.0."));
    }

    @Test
    public void aGpuThatReadsAsOnesHasFallenOffTheBus() throws Exception {
        host.pciGpu("0000:10:00.0", "nvidia");
        Files.write(host.machine().files().at("/sys/bus/pci/devices/0000:10:00.0/config"), new byte[] {-1, -1, -1, -1});
        assertThat(host.finding(new LostGpuCheck()), startsWith("PROBLEM No answer on the PCI bus from 0000:10:00.0"));
    }

    @Test
    public void whereNvmlHasAllOfTheBusNoneIsLost() throws Exception {
        assertEquals("OK NVML has each GPU that is on the PCI bus",
                host.pciGpu("0000:10:00.0", "nvidia").devices(Gpus.h100(0)).finding(new LostGpuCheck()));
    }

    @Test
    public void errorsOfTheHardwareAreToldFromThoseOfPrograms() throws Exception {
        host.note(new DriverNote.KernelLog(List.of(
                "4,1,2,-;NVRM: Xid (PCI:0000:1b:00): 79, pid=1, GPU has fallen off the bus.",
                "4,1,2,-;NVRM: Xid (PCI:0000:1b:00): 79, pid=2, GPU has fallen off the bus.",
                "4,1,2,-;NVRM: Xid (PCI:0000:0b:00): 13, pid=3, Graphics Exception"), null)).devices(Gpus.h100(0));
        assertThat(host.findings(new KernelLogCheck()).get(0),
                startsWith("WARNING Errors of the hardware or the driver since the machine was booted: Xid 79 of 0000:1b:00 ("));
        assertEquals("INFO Errors of programs since the machine was booted, not of the GPU: Xid 13 of"
                + " 0000:0b:00", host.findings(new KernelLogCheck()).get(1));
    }

    @Test
    public void whereTheKernelsRingIsClosedItsFileIsRead() throws Exception {
        host.note(new DriverNote.KernelLog(List.of(), "Operation not permitted")).devices(Gpus.h100(0));
        assertThat(host.finding(new KernelLogCheck()),
                startsWith("INFO It can't be told what the driver has complained of: the kernel's log can't be read (Operation"
                        + " not permitted)"));
        host.file("/var/log/kern.log", "Jan 1 h kernel: [1.0] NVRM: GPU 0000:01:00.0: RmInitAdapter failed! (0x26:0x56:1482)\n");
        assertThat(host.finding(new KernelLogCheck()),
                startsWith("WARNING The driver has complained in /var/log/kern.log, perhaps from before the last boot: NVRM: GPU"
                        + " 0000:01:00.0: RmInitAdapter"));
    }

    @Test
    public void aQuietLogIsFine() throws Exception {
        host.note(new DriverNote.KernelLog(List.of("NVRM: loading NVIDIA UNIX x86_64 Kernel"
                + " Module"), null)).devices(Gpus.h100(0));
        assertEquals("OK No complaint of the driver since the machine was booted", host.finding(new KernelLogCheck()));
    }

    @Test
    public void migModeWithoutInstancesLeavesNothingToLease() throws Exception {
        host.devices(Gpus.inMigMode(Gpus.h100(0)));
        assertThat(host.finding(new MigCheck()), allOf(startsWith("PROBLEM In MIG mode without an"
                + " instance"), containsString("-mig 0")));
    }

    @Test
    public void sickGpusLeaveNothingToLeaseBesideMigModeEither() throws Exception {
        host.devices(Gpus.inMigMode(Gpus.h100(0)), Gpus.sick(Gpus.h100(1)));
        assertThat(host.finding(new MigCheck()), startsWith("PROBLEM In MIG mode without an instance"));
    }

    @Test
    public void migModeWithoutInstancesIsAWarningBesideOtherGpus() throws Exception {
        host.devices(Gpus.inMigMode(Gpus.h100(0)), Gpus.h100(1));
        assertThat(host.finding(new MigCheck()), startsWith("WARNING In MIG mode without an instance"));
    }

    @Test
    public void migInstancesNeedTheirDeviceFiles() throws Exception {
        host.devices(Gpus.inMigMode(Gpus.h100(0)), Gpus.instanceOf(Gpus.h100(0), "1g.10gb"));
        assertThat(host.finding(new MigCheck()), startsWith("PROBLEM There are MIG instances, but no /dev/nvidia-caps"));
        host.file("/dev/nvidia-caps/nvidia-cap1", "");
        assertEquals("OK 1 MIG instance on 1 GPU", host.finding(new MigCheck()));
    }

    @Test
    public void withoutMigNothingIsSaid() throws Exception {
        assertEquals(List.of(), host.devices(Gpus.h100(0)).findings(new MigCheck()));
    }

    @Test
    public void persistenceModeOffMeansASlowStart() throws Exception {
        assertThat(settings(false, null).finding(new PersistenceCheck()), startsWith("INFO Off for GPU 0 (NVIDIA H100 80GB"
                + " HBM3)"));
    }

    @Test
    public void persistenceModeOnIsFine() throws Exception {
        assertEquals("OK On", settings(true, null).finding(new PersistenceCheck()));
    }

    @Test
    public void whatTheDriverCannotTellIsNotSaid() throws Exception {
        assertEquals(List.of(), settings(null, null).findings(new PersistenceCheck()));
        assertEquals(List.of(), host.findings(new ComputeModeCheck()));
    }

    @Test
    public void prohibitedComputingIsAProblem() throws Exception {
        assertThat(settings(true, ComputeMode.PROHIBITED).finding(new ComputeModeCheck()), startsWith("PROBLEM Computing is"
                + " prohibited on GPU 0"));
    }

    @Test
    public void exclusiveComputingIsAWarningUnlessMpsShares() throws Exception {
        assertThat(settings(true, ComputeMode.EXCLUSIVE_PROCESS).finding(new ComputeModeCheck()), startsWith("WARNING One"
                + " process at a time"));
        assertEquals(List.of(), host.mpsDaemon().findings(new ComputeModeCheck()));
    }

    @Test
    public void theDefaultComputeModeIsFine() throws Exception {
        assertEquals("OK Default", settings(true, ComputeMode.DEFAULT).finding(new ComputeModeCheck()));
    }

    @Test
    public void theDaemonOfMpsIsGoodToKnow() throws Exception {
        host.devices(Gpus.h100(0));
        assertEquals(List.of(), host.findings(new MpsCheck()));
        assertThat(host.mpsDaemon().finding(new MpsCheck()), startsWith("INFO The daemon of the Multi-Process Service runs"));
    }

    @Test
    public void aProcessWithoutALeaseIsNamed() throws Exception {
        host.devices(Gpus.h100(0)).looked(Readings.of("GPU-0").process(815, "python", 900, GpuProcess.Kind.COMPUTE).build());
        assertThat(host.finding(new ProcessCheck()),
                startsWith("WARNING GPU 0 (NVIDIA H100 80GB HBM3) isn't leased, but in use by pid 815 (python) with 900 MiB ("));
    }

    @Test
    public void aLeasedGpuMayBeUsed() throws Exception {
        host.devices(Gpus.h100(0)).looked(Readings.of("GPU-0").process(815, "python", 900, GpuProcess.Kind.COMPUTE).build());
        assertEquals("INFO GPU 0 (NVIDIA H100 80GB HBM3) is leased by training #12", host.leased("GPU-0", "training"
                + " #12").finding(new ProcessCheck()));
    }

    @Test
    public void memoryOfHiddenProcessesCountsUnlessTheEnvironmentAllowsIt() throws Exception {
        host.devices(Gpus.h100(0)).looked(Readings.of("GPU-0").usedMib(1500).build());
        assertThat(host.finding(new ProcessCheck()), containsString("processes that can't be seen from here"));
        assertEquals("OK Nobody uses 1 device", host.env("GPU_LEASE_IDLE_MEMORY", "2GiB").finding(new ProcessCheck()));
    }

    @Test
    public void heatIsAWarningAndAPowerLimitIsNot() throws Exception {
        host.devices(Gpus.h100(0), Gpus.h100(1));
        host.looked(Readings.of("GPU-0").throttledBy("hw thermal", "power"
                + " cap").build()).looked(Readings.of("GPU-1").throttledBy("power cap").build());
        List<String> findings = host.findings(new ThrottlingCheck());
        assertThat(findings.get(0), startsWith("WARNING GPU 0 (NVIDIA H100 80GB HBM3) is slowed down: hw thermal, power cap"
                + " (Check fans"));
        assertThat(findings.get(1), startsWith("INFO GPU 1 (NVIDIA H100 80GB HBM3) is slowed down: power cap"));
    }

    @Test
    public void thePowerSupplysBrakeIsAWarning() throws Exception {
        host.devices(Gpus.h100(0)).looked(Readings.of("GPU-0").throttledBy("power brake").build());
        assertThat(host.finding(new ThrottlingCheck()), allOf(startsWith("WARNING"), containsString("cables")));
    }

    @Test
    public void fullClocksAreFine() throws Exception {
        host.devices(Gpus.h100(0)).looked(Readings.of("GPU-0").build());
        assertEquals("OK Nothing slows the GPUs down", host.finding(new ThrottlingCheck()));
    }

    @Test
    public void aCudaThatTheDriverDoesNotSupportIsAProblem() throws Exception {
        host.devices(Gpus.h100(0)).cuda("12.6");
        assertThat(host.finding(new CudaVersionCheck()), startsWith("PROBLEM The driver supports CUDA up to 12.4; 12.6 is asked"
                + " for"));
    }

    @Test
    public void aCudaThatTheDriverSupportsIsFine() throws Exception {
        assertEquals("OK The driver supports CUDA up to 12.4", host.devices(Gpus.h100(0)).cuda("11.8").finding(new CudaVersionCheck()));
    }

    @Test
    public void withoutADriverItCannotBeToldWhichCudaItSupports() throws Exception {
        assertEquals(List.of(), host.findings(new CudaVersionCheck()));
        assertEquals("INFO It can't be told whether the driver supports CUDA"
                + " 12.4", host.cuda("12.4").finding(new CudaVersionCheck()));
    }
}
