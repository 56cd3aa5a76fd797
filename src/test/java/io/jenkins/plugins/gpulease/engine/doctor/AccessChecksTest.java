package io.jenkins.plugins.gpulease.engine.doctor;

import static org.hamcrest.CoreMatchers.allOf;
import static org.hamcrest.CoreMatchers.containsString;
import static org.hamcrest.CoreMatchers.startsWith;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.junit.Assert.assertEquals;
import static org.junit.Assume.assumeTrue;

import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.doctor.DriverNote.Opened.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.Rule;
import org.junit.Test;

/** Device files, control groups, containers, the environment, locks. */
public class AccessChecksTest {

    @Rule
    public final TestMachine host = new TestMachine();

    private TestMachine deviceFiles(String... paths) {
        for (String path : paths) {
            host.file(path, "");
        }
        return host;
    }

    @Test
    public void openDeviceFilesAreFine() throws Exception {
        deviceFiles("/dev/nvidiactl", "/dev/nvidia0", "/dev/nvidia-uvm").module().opened("/dev/nvidia0", Outcome.OPEN);
        assertEquals("OK Open to this user: /dev/nvidia0", host.finding(new DeviceFilesCheck()));
    }

    @Test
    public void missingDeviceFilesAreNamed() throws Exception {
        deviceFiles("/dev/nvidia0").module();
        host.note(new DriverNote.Minors(List.of(0, 1)));
        assertThat(host.finding(new DeviceFilesCheck()),
                allOf(startsWith("PROBLEM Device files are missing: /dev/nvidiactl, /dev/nvidia1"
                        + " ("), containsString("nvidia-modprobe")));
    }

    @Test
    public void inAContainerTheFilesOfOtherGpusAreNotMissed() throws Exception {
        deviceFiles("/dev/nvidiactl", "/dev/nvidia3", "/.dockerenv").module().note(new DriverNote.Minors(List.of(0)));
        assertThat(host.finding(new DeviceFilesCheck()), startsWith("WARNING Without /dev/nvidia-uvm NVML works, but CUDA"
                + " doesn't"));
    }

    @Test
    public void withoutAnyGpuFileOneIsMissed() throws Exception {
        deviceFiles("/dev/nvidiactl", "/dev/nvidia-uvm").module();
        assertThat(host.finding(new DeviceFilesCheck()), startsWith("PROBLEM Device files are missing: /dev/nvidia0 or another"
                + " GPU's"));
    }

    @Test
    public void whoIsNotInTheGroupOfADeviceFileIsToldToJoin() throws Exception {
        host.file("/dev/nvidia0", "", "rw-rw----").file("/proc/self/status", "Name:\tjava\nGid:\t7\t7\nGroups:\t7 8 \n");
        Path file = new HostFiles(host.getRoot().toPath()).at("/dev/nvidia0");
        int gid = 44_444; // needs a group that isn't root's, and only root may give files away
        assumeTrue("Only root can give files to groups", System.getProperty("user.name").equals("root"));
        Files.setAttribute(file, "unix:gid", gid);
        assertThat(host.opened("/dev/nvidia0", Outcome.DENIED).finding(new DeviceFilesCheck()),
                allOf(startsWith("PROBLEM /dev/nvidia0 (rw-rw---- "), containsString(":44444) may not be opened by user jenkins,"
                        + " of the groups [7, 8]"),
                        containsString("sudo usermod -aG 44444 jenkins")));
    }

    @Test
    public void aDeviceFileOfNobodysGroupNeedsAnOptionOfTheDriver() throws Exception {
        host.file("/dev/nvidia0", "", "rw-------");
        assertThat(host.opened("/dev/nvidia0", Outcome.DENIED).finding(new DeviceFilesCheck()), containsString("NVreg_DeviceFileMode"));
    }

    @Test
    public void aDeviceFileWithoutAWorkingGpuIsAProblem() throws Exception {
        assertThat(host.opened("/dev/nvidia0", Outcome.FAILED).finding(new DeviceFilesCheck()),
                startsWith("PROBLEM /dev/nvidia0 can't be opened: Input/output error"));
    }

    @Test
    public void whatTheKernelForbidsThoughPermissionsAllowItIsAControlGroup() throws Exception {
        host.opened("/dev/nvidiactl", Outcome.FORBIDDEN).opened("/dev/nvidia0", Outcome.FORBIDDEN);
        assertThat(host.finding(new DeviceCgroupCheck()),
                allOf(startsWith("PROBLEM The kernel forbids to open /dev/nvidiactl,"
                        + " /dev/nvidia0"), containsString("DeviceAllow=")));
        host.file("/run/.containerenv", "");
        assertThat(host.finding(new DeviceCgroupCheck()), containsString("daemon-reload"));
    }

    @Test
    public void whereNothingIsForbiddenNothingIsSaid() throws Exception {
        assertEquals(List.of(), host.opened("/dev/nvidia0", Outcome.OPEN).findings(new DeviceCgroupCheck()));
    }

    @Test
    public void aMachineIsNoContainer() throws Exception {
        assertEquals("OK This is no container", host.file("/proc/1/cgroup", "0::/init.scope\n").finding(new ContainerCheck()));
    }

    @Test
    public void aContainerIsToldByItsControlGroup() throws Exception {
        assertThat(host.file("/proc/1/cgroup", "5:devices:/docker/0a1b\n").finding(new ContainerCheck()),
                startsWith("INFO This is a container (/proc/1/cgroup)"));
    }

    @Test
    public void aContainerThatWasStartedWithoutGpusIsToldHowToGetThem() throws Exception {
        host.file("/.dockerenv", "").pciGpu("0000:01:00.0", "nvidia").module();
        assertThat(host.finding(new ContainerCheck()),
                allOf(startsWith("PROBLEM This is a container without GPUs: NVIDIA_VISIBLE_DEVICES is not"
                        + " set"), containsString("--gpus all")));
    }

    @Test
    public void aContainerWithGpusThatCameAnotherWayIsFine() throws Exception {
        assertThat(host.file("/.dockerenv", "").devices(Gpus.h100(0)).finding(new ContainerCheck()), startsWith("INFO This is a"
                + " container"));
    }

    @Test
    public void aContainerWhoseToolkitDidNotActIsToldSo() throws Exception {
        host.file("/.dockerenv", "").pciGpu("0000:01:00.0", "nvidia").env("NVIDIA_VISIBLE_DEVICES", "all");
        assertThat(host.finding(new ContainerCheck()),
                allOf(startsWith("PROBLEM This is a container with NVIDIA_VISIBLE_DEVICES='all', but"
                        + " without"), containsString("nvidia-ctk")));
    }

    @Test
    public void withoutTheCapabilityUtilityThereIsNoNvml() throws Exception {
        deviceFiles("/.dockerenv", "/dev/nvidiactl").module().env("NVIDIA_DRIVER_CAPABILITIES", "compute, video");
        assertThat(host.finding(new ContainerCheck()), startsWith("PROBLEM NVIDIA_DRIVER_CAPABILITIES='compute, video' lacks"
                + " 'utility'"));
        host.env("NVIDIA_DRIVER_CAPABILITIES", "utility");
        assertThat(host.finding(new ContainerCheck()), startsWith("WARNING NVIDIA_DRIVER_CAPABILITIES='utility' lacks"
                + " 'compute'"));
        host.env("NVIDIA_DRIVER_CAPABILITIES", "all");
        assertThat(host.finding(new ContainerCheck()), startsWith("INFO This is a container (/.dockerenv)"));
    }

    @Test
    public void anEnvironmentThatHidesAllDevicesIsAProblem() throws Exception {
        host.devices(Gpus.h100(0), Gpus.h100(1)).env("CUDA_VISIBLE_DEVICES", "");
        assertThat(host.finding(new VisibleDevicesCheck()),
                startsWith("PROBLEM The environment has CUDA_VISIBLE_DEVICES='', which hides 2 of 2 devices"));
    }

    @Test
    public void anEnvironmentThatHidesSomeDevicesIsGoodToKnow() throws Exception {
        host.devices(Gpus.h100(0), Gpus.h100(1)).env("CUDA_VISIBLE_DEVICES", "1");
        assertThat(host.finding(new VisibleDevicesCheck()), startsWith("INFO The environment has CUDA_VISIBLE_DEVICES='1', which"
                + " hides 1 of 2 devices"));
        host.env("CUDA_VISIBLE_DEVICES", "0,1");
        assertThat(host.finding(new VisibleDevicesCheck()), startsWith("OK The environment has"));
    }

    @Test
    public void withoutLocksNothingCanBeLeased() throws Exception {
        assertEquals("OK GPUs can be locked on this host", host.finding(new LockCheck()));
        assertThat(host.locksProblem("the folder is a file").finding(new LockCheck()),
                startsWith("PROBLEM GPUs can't be locked on this host, so none can be leased: the folder is a file"));
    }
}
