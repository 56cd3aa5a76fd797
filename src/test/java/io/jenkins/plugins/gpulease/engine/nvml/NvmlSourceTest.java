package io.jenkins.plugins.gpulease.engine.nvml;

import static org.hamcrest.CoreMatchers.containsString;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import com.sun.jna.Memory;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.Inventory.Status;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.Rule;
import org.junit.Test;

public class NvmlSourceTest {

    @Rule
    public final FakeNvml nvml = new FakeNvml();

    @Test
    public void eachFailureToInitialiseSaysWhatToDo() {
        Map<Integer, String> advice = Map.of(
                9, "sudo modprobe nvidia",
                18, "reboot the machine, or stop what uses the GPUs and reload the module",
                4, "/dev/nvidia*",
                999, "nvidia-smi");
        advice.forEach((code, words) -> {
            nvml.world().initAnswers(code).gpu("GPU-a");
            Inventory inventory = nvml.scan();
            assertEquals(Status.FAILED, inventory.status());
            assertThat(inventory.reason(), containsString(words));
            assertThat(inventory.reason(), containsString("NVML code " + code));
        });
    }

    @Test
    public void aFailureToInitialiseIsTriedAgainAtTheNextScanButNotByReadings() {
        nvml.world().initAnswers(9).gpu("GPU-a");
        nvml.scan();
        assertThat(nvml.read("GPU-a").health().problem(), containsString("modprobe"));
        assertEquals(1, nvml.calls("nvmlInit_v2").size());
        nvml.world().initAnswers(0);
        assertEquals(Status.OK, nvml.scan().status());
        assertTrue(nvml.read("GPU-a").health().isOk());
        assertEquals(2, nvml.calls("nvmlInit_v2").size());
    }

    @Test
    public void nvmlIsInitialisedOnceAndShutDownOnce() {
        nvml.world().gpu("GPU-a");
        assertEquals(List.of(), nvml.calls());
        nvml.scan();
        nvml.scan();
        nvml.read("GPU-a");
        nvml.source().close();
        nvml.source().close();
        assertEquals(1, nvml.calls("nvmlInit_v2").size());
        assertEquals(1, nvml.calls("nvmlShutdown").size());
        assertEquals(1, nvml.calls("nvmlSystemGetCudaDriverVersion_v2").size());
    }

    @Test
    public void aReadingBeforeTheFirstScanInitialises() {
        nvml.world().gpu("GPU-a");
        assertTrue(nvml.read("GPU-a").health().isOk());
    }

    @Test
    public void aClosedSourceFailsWithoutTouchingNvml() {
        nvml.world().gpu("GPU-a");
        nvml.scan();
        nvml.source().close();
        int calls = nvml.calls().size();
        assertEquals(Status.FAILED, nvml.source().scan().status());
        assertFalse(nvml.source().read("GPU-a").health().isOk());
        assertEquals(calls, nvml.calls().size());
    }

    @Test
    public void aSessionThatSomebodyElseEndedIsOpenedAgain() throws Exception {
        nvml.world().gpu("GPU-a");
        nvml.scan();
        NvmlLibrary.load(nvml.libraryPath(), NvidiaHardware.below(nvml.folder())).nvmlShutdown();
        assertEquals(Status.FAILED, nvml.scan().status());
        assertEquals(Status.OK, nvml.scan().status());
    }

    @Test
    public void theFakeCountsInitialisationsStrictly() throws Exception {
        Nvml library = NvmlLibrary.load(nvml.libraryPath(), NvidiaHardware.below(nvml.folder()));
        nvml.world().write();
        assertEquals(ReturnCode.UNINITIALIZED, library.nvmlShutdown());
        assertEquals(ReturnCode.SUCCESS, library.nvmlInit_v2());
        assertEquals(ReturnCode.SUCCESS, library.nvmlInit_v2());
        assertEquals(ReturnCode.SUCCESS, library.nvmlShutdown());
        assertEquals(ReturnCode.SUCCESS, library.nvmlShutdown());
        assertEquals(ReturnCode.UNINITIALIZED, library.nvmlShutdown());
    }

    @Test
    public void theFakeChecksTheVersionOfAStructure() throws Exception {
        nvml.world().gpu("GPU-a");
        nvml.scan();
        Nvml library = NvmlLibrary.load(nvml.libraryPath(), NvidiaHardware.below(nvml.folder()));
        NvmlDevice device = new HandleLookup(library, new KnownGpus()).byUuid("GPU-a").device();
        try (Memory wrong = new Memory(40)) {
            wrong.setInt(0, 1 << 24 | 40);
            assertEquals(25, device.ask(library::nvmlDeviceGetMemoryInfo_v2, wrong));
        }
    }

    @Test
    public void manyThreadsReadWhileOthersScan() throws Exception {
        for (int i = 0; i < 4; i++) {
            nvml.world().gpu("GPU-" + i).process(1000 + i, 100);
        }
        nvml.scan();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        List<Future<Boolean>> results = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            String uuid = "GPU-" + i % 4;
            long pid = 1000 + i % 4;
            boolean scan = i % 10 == 0;
            results.add(threads.submit(() -> scan ? nvml.source().scan().devices().size() == 4 : sees(uuid, pid)));
        }
        for (Future<Boolean> result : results) {
            assertTrue(result.get(30, TimeUnit.SECONDS));
        }
        threads.shutdown();
    }

    private boolean sees(String uuid, long pid) {
        Reading reading = nvml.source().read(uuid);
        return reading.uuid().equals(uuid) && reading.health().isOk() && reading.processes().get(0).pid() == pid;
    }

    @Test
    public void aCallThatHangsBlocksItsThreadAlone() throws Exception {
        nvml.world().gpu("GPU-a").hang("nvmlDeviceGetPowerUsage");
        nvml.world().gpu("GPU-b");
        nvml.scan();
        CountDownLatch ended = new CountDownLatch(1);
        Thread stuck = new Thread(() -> {
            nvml.source().read("GPU-a");
            ended.countDown();
        });
        stuck.setDaemon(true);
        stuck.start();
        nvml.awaitCall("nvmlDeviceGetPowerUsage");
        stuck.interrupt();
        assertTrue(nvml.read("GPU-b").health().isOk());
        assertEquals("a call that hangs ignores interrupts", 1, ended.getCount());
        nvml.world().gpu("GPU-a").back();
        nvml.world().write();
        assertTrue(ended.await(10, TimeUnit.SECONDS));
    }

    @Test
    public void closingDoesNotShutDownUnderACallThatHangs() throws Exception {
        nvml.world().gpu("GPU-a").hang("handle");
        Thread stuck = new Thread(() -> nvml.scan());
        stuck.setDaemon(true);
        stuck.start();
        nvml.awaitCall("nvmlDeviceGetHandleByIndex_v2");
        nvml.source().close();
        assertEquals(List.of(), nvml.calls("nvmlShutdown"));
        nvml.world().gpu("GPU-a").back();
        nvml.world().write();
        stuck.join(10_000);
        assertFalse(stuck.isAlive());
    }

    @Test
    public void aSlowFirstAttachIsPaidOnce() {
        nvml.world().gpu("GPU-a").attachDelay(150);
        long start = System.nanoTime();
        nvml.scan();
        long first = System.nanoTime() - start;
        nvml.source().scan();
        long second = System.nanoTime() - start - first;
        assertTrue("first scan took " + first + " ns", first >= TimeUnit.MILLISECONDS.toNanos(150));
        assertTrue("second scan took " + second + " ns", second < TimeUnit.MILLISECONDS.toNanos(150));
    }
}
