package io.jenkins.plugins.gpulease.engine.doctor;

import static org.hamcrest.CoreMatchers.containsString;
import static org.hamcrest.CoreMatchers.endsWith;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;

import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.doctor.DriverNote.Opened.Outcome;
import io.jenkins.plugins.gpulease.engine.nvml.FakeNvml;
import io.jenkins.plugins.gpulease.engine.nvml.GpuSettings;
import io.jenkins.plugins.gpulease.engine.nvml.GpuSettings.ComputeMode;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.List;
import org.junit.Rule;
import org.junit.Test;

public class DriverExamTest {

    @Rule
    public final FakeNvml nvml = new FakeNvml();

    @Rule
    public final TestMachine host = new TestMachine();

    private DriverLook exam() throws Exception {
        nvml.world().write();
        List<DriverNote> notes = new ArrayList<>();
        new DriverExam(new HostFiles(host.getRoot().toPath()), nvml.libraryPath(), notes::add).run();
        return new DriverLook(true, null, notes);
    }

    @Test
    public void eachGpuTellsHowItIsSetUp() throws Exception {
        nvml.world().gpu("GPU-a").minor(3).persistence(false).computeMode(2);
        nvml.world().gpu("GPU-b");
        DriverLook look = exam();
        assertEquals(Inventory.Status.OK, look.inventory().status());
        assertEquals(Integer.valueOf(0), look.answer());
        assertThat(look.library(), endsWith("libnvidia-ml.so.1"));
        assertEquals(new GpuSettings("GPU-a", 3, false, ComputeMode.PROHIBITED), look.settings("GPU-a").orElseThrow());
        assertEquals(new GpuSettings("GPU-b", null, null, null), look.settings("GPU-b").orElseThrow());
        assertEquals(Integer.valueOf(34), look.reading("GPU-b").orElseThrow().temperatureCelsius());
    }

    @Test
    public void whatNvmlAnswersInsteadOfStartingIsKept() throws Exception {
        nvml.world().initAnswers(18);
        DriverLook look = exam();
        assertEquals(Integer.valueOf(18), look.answer());
        assertEquals(Inventory.Status.FAILED, look.inventory().status());
    }

    @Test
    public void deviceFilesAreOpenedAndOthersAreNot() throws Exception {
        host.file("/dev/nvidiactl", "").file("/dev/nvidia0/is-a-folder", "").file("/dev/nvidia-modeset", "").file("/dev/null",
                "");
        DriverLook look = exam();
        assertEquals(List.of("/dev/nvidia0", "/dev/nvidiactl"), look.opened().stream().map(DriverNote.Opened::path).toList());
        assertEquals(Outcome.FAILED, look.opened().get(0).outcome());
        assertEquals(Outcome.OPEN, look.opened().get(1).outcome());
    }

    @Test
    public void theDriverTellsWhichDeviceFilesThereOughtToBe() throws Exception {
        host.file("/proc/driver/nvidia/gpus/0000:01:00.0/information", "Model: \t T4\nDevice Minor: \t 3\n");
        host.file("/proc/driver/nvidia/gpus/0000:02:00.0/information", "Model: \t T4\n");
        assertEquals(List.of(3), exam().minors());
    }

    @Test
    public void whatIsForbiddenIsToldFromWhatIsDenied() {
        assertEquals(Outcome.DENIED, DriverExam.refused("/dev/nvidia0", new AccessDeniedException("/dev/nvidia0")).outcome());
        assertEquals(Outcome.FORBIDDEN,
                DriverExam.refused("/dev/nvidia0", new FileSystemException("/dev/nvidia0", null, "Operation not"
                        + " permitted")).outcome());
        assertEquals(Outcome.FAILED,
                DriverExam.refused("/dev/nvidia0", new FileSystemException("/dev/nvidia0", null, "No such device or"
                        + " address")).outcome());
    }

    @Test
    public void ofTheKernelsLogTheDriversLinesAreKept() throws Exception {
        host.file("/dev/kmsg", "6,1,1,-;usb 1-1: new\n4,2,2,-;NVRM: Xid (PCI:0000:1b:00): 79, pid=1\n");
        DriverNote.KernelLog log = exam().kernelLog().orElseThrow();
        assertEquals(List.of("4,2,2,-;NVRM: Xid (PCI:0000:1b:00): 79, pid=1"), log.lines());
        assertNull(log.problem());
    }

    @Test
    public void aKernelsLogThatIsNotThereIsAProblemOfItsOwn() throws Exception {
        assertThat(exam().kernelLog().orElseThrow().problem(), containsString("there is no "));
    }

    @Test
    public void aChattyKernelIsBounded() throws Exception {
        host.file("/dev/kmsg", "NVRM: again ".repeat(50).concat("\n").repeat(1000));
        DriverNote.KernelLog log = exam().kernelLog().orElseThrow();
        assertEquals(200, log.lines().size());
        assertEquals(300, log.lines().get(0).length());
    }
}
