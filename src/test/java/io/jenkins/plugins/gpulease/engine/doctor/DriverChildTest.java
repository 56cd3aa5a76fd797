package io.jenkins.plugins.gpulease.engine.doctor;

import static org.hamcrest.CoreMatchers.allOf;
import static org.hamcrest.CoreMatchers.containsString;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.nvml.FakeNvml;
import io.jenkins.plugins.gpulease.engine.probe.ProbeClassPath;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;

/** The process that asks the driver, with an NVML that hangs and crashes. */
public class DriverChildTest {

    private static final Duration PATIENT = Duration.ofSeconds(60);

    @Rule
    public final FakeNvml nvml = new FakeNvml();

    @Before
    public void twoGpus() {
        nvml.world().gpu("GPU-a");
        nvml.world().gpu("GPU-b");
    }

    private DriverLook ask(Duration deadline) throws InterruptedException {
        nvml.world().write();
        return DriverChild.ask(ProbeClassPath.ofThisEngine(), Path.of(nvml.libraryPath()), deadline);
    }

    @Test
    public void aDriverThatAnswersIsAskedInAProcessOfItsOwn() throws Exception {
        DriverLook look = ask(PATIENT);
        assertNull(look.problem());
        assertEquals(2, look.inventory().devices().size());
        assertTrue(look.reading("GPU-b").isPresent());
        assertTrue(nvml.calls("nvmlInit_v2").stream().noneMatch(call -> call.pid() == ProcessHandle.current().pid()));
    }

    @Test
    public void aDriverThatHangsIsLeftAndWhatItSaidBeforeIsKept() throws Exception {
        nvml.world().gpu("GPU-b").hang("nvmlDeviceGetPersistenceMode");
        nvml.world().write();
        DriverLook look = ask(Duration.ofSeconds(12));
        assertThat(look.problem(), allOf(containsString("was killed, as it hadn't ended after 12 s"), containsString("while"
                + " reading GPU-b")));
        assertEquals(2, look.inventory().devices().size());
        assertTrue(look.reading("GPU-a").isPresent());
        long pid = nvml.calls("nvmlInit_v2").get(0).pid();
        ProcessHandle.of(pid).ifPresent(child -> child.onExit().orTimeout(10, TimeUnit.SECONDS).join());
        assertFalse(ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent());
    }

    @Test
    public void aDriverThatCrashesTakesOnlyItsOwnProcessAlong() throws Exception {
        nvml.world().abort("init");
        DriverLook look = ask(PATIENT);
        assertThat(look.problem(), allOf(containsString("ended with exit code 134"), containsString("while looking for GPUs with"
                + " NVML")));
        assertNull(look.inventory());
    }

    @Test
    public void aLibraryThatIsNoneIsAFindingOfNvml() throws Exception {
        DriverLook look = DriverChild.ask(ProbeClassPath.ofThisEngine(), Path.of("/nowhere/libnvidia-ml.so.1"), PATIENT);
        assertNull(look.problem());
        assertEquals(Inventory.Status.FAILED, look.inventory().status());
        assertNull(look.answer());
    }

    @Test
    public void aProcessThatCannotBeStartedIsAProblem() throws Exception {
        assertThat(DriverChild.ask(new ProcessBuilder("/nowhere/java"), PATIENT).problem(), containsString("can't be started"));
    }

    @Test
    public void aProcessThatSaysSomethingElseIsAProblem() throws Exception {
        DriverLook look = DriverChild.ask(new ProcessBuilder(List.of("sh", "-c", "echo hello; echo reason >&2; exit"
                + " 3")), PATIENT);
        assertThat(look.problem(), allOf(containsString("exit code"), containsString("while starting")));
    }
}
