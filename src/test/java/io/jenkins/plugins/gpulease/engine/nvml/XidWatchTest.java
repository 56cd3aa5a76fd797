package io.jenkins.plugins.gpulease.engine.nvml;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.XidEvent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.Rule;
import org.junit.Test;

public class XidWatchTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(60);

    @Rule
    public final FakeNvml nvml = new FakeNvml();

    private Optional<XidEvent> await(Duration patience) throws InterruptedException {
        nvml.world().write();
        return nvml.source().awaitXid(patience);
    }

    private XidEvent raised(String uuid, int xid) throws InterruptedException {
        nvml.world().gpu(uuid).raiseXid(xid);
        return await(LONG).orElseThrow();
    }

    @Test
    public void anErrorIsReportedOnceWithItsGpu() throws InterruptedException {
        nvml.world().gpu("GPU-a");
        nvml.world().gpu("GPU-b");
        nvml.scan();
        XidEvent event = raised("GPU-b", 79);
        assertEquals("GPU-b", event.uuid());
        assertEquals(79, event.xid());
        assertEquals(Optional.empty(), await(SHORT));
    }

    @Test
    public void anErrorThatComesWhileWaitingEndsTheWait() throws Exception {
        nvml.world().gpu("GPU-a");
        nvml.scan();
        CompletableFuture<Optional<XidEvent>> waiting = CompletableFuture.supplyAsync(() -> {
            try {
                return nvml.source().awaitXid(LONG);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        nvml.awaitCall("nvmlEventSetWait_v2");
        nvml.world().gpu("GPU-a").raiseXid(48);
        nvml.world().write();
        assertEquals(48, waiting.get(10, TimeUnit.SECONDS).orElseThrow().xid());
    }

    @Test
    public void anErrorOfTheApplicationIsReported() throws InterruptedException {
        nvml.world().gpu("GPU-a");
        nvml.scan();
        assertFalse(raised("GPU-a", 13).makesDeviceSick());
    }

    @Test
    public void anErrorOfAGpuWithInstancesIsTheGpus() throws InterruptedException {
        nvml.world().gpu("GPU-a").mig(7).instance(0, "MIG-a", 1, 0, 1, 4864);
        nvml.scan();
        assertEquals("GPU-a", raised("GPU-a", 94).uuid());
    }

    @Test
    public void gpusThatAScanFoundLaterAreWatchedToo() throws InterruptedException {
        nvml.world().gpu("GPU-a");
        nvml.scan();
        await(SHORT);
        nvml.world().gpu("GPU-b");
        nvml.scan();
        await(SHORT);
        assertEquals("GPU-b", raised("GPU-b", 62).uuid());
    }

    @Test
    public void waitingUsesOneSetOfEventsWhileTheGpusStayTheSame() throws InterruptedException {
        nvml.world().gpu("GPU-a");
        nvml.scan();
        await(SHORT);
        nvml.scan();
        await(SHORT);
        assertEquals(1, nvml.calls("nvmlEventSetCreate").size());
    }

    @Test
    public void whereNothingCanBeWatchedTheWaitTakesItsTime() throws InterruptedException {
        nvml.world().fail("nvmlEventSetCreate", 3).gpu("GPU-a");
        nvml.scan();
        long start = System.nanoTime();
        assertEquals(Optional.empty(), await(SHORT));
        assertTrue(System.nanoTime() - start >= SHORT.toNanos() - 1_000_000);
    }

    @Test
    public void waitingForALostGpuDoesNotSpin() throws InterruptedException {
        nvml.world().gpu("GPU-a");
        nvml.scan();
        nvml.world().fail("nvmlEventSetWait_v2", 15);
        assertEquals(Optional.empty(), await(SHORT));
        assertTrue(nvml.calls("nvmlEventSetWait_v2").size() <= 3);
    }

    @Test
    public void waitingBeforeTheFirstScanTouchesNothing() throws InterruptedException {
        nvml.world().gpu("GPU-a");
        assertEquals(Optional.empty(), await(SHORT));
        assertEquals(List.of(), nvml.calls());
    }

    @Test
    public void waitingEndsWithAnInterrupt() {
        nvml.world().gpu("GPU-a");
        nvml.scan();
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> nvml.source().awaitXid(LONG));
    }

    @Test
    public void closingEndsTheWait() throws Exception {
        nvml.world().gpu("GPU-a");
        nvml.scan();
        CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(() -> {
            try {
                return nvml.source().awaitXid(LONG).isEmpty();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        nvml.awaitCall("nvmlEventSetWait_v2");
        nvml.source().close();
        assertTrue(waiting.get(5, TimeUnit.SECONDS));
        assertEquals(1, nvml.calls("nvmlShutdown").size());
    }
}
