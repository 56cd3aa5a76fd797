package io.jenkins.plugins.gpulease.engine.probe;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.GpuProcess;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.Readings;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.device.XidEvent;
import io.jenkins.plugins.gpulease.engine.simulation.SimulatedSource;
import io.jenkins.plugins.gpulease.engine.simulation.SimulationSpec;
import io.jenkins.plugins.gpulease.engine.usage.UsageRecorder;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.Serializable;
import java.io.StreamCorruptedException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class FramesTest {

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private static final List<XidEvent> FAULTS = List.of(new XidEvent("GPU-a", 79, Instant.EPOCH));

    private static DataInputStream stream(byte[]... messages) throws IOException {
        int length = Arrays.stream(messages).mapToInt(message -> message.length).sum();
        byte[] bytes = new byte[length];
        int at = 0;
        for (byte[] message : messages) {
            System.arraycopy(message, 0, bytes, at, message.length);
            at += message.length;
        }
        return new DataInputStream(new ByteArrayInputStream(bytes));
    }

    private static Object roundTrip(Object answer) throws IOException {
        return Frames.read(stream(Frames.encode(new Reply(1, answer, null, FAULTS))), Reply.class).answer();
    }

    @Test
    public void everyKindOfRequestPasses() throws IOException {
        Claim claim = new Claim("l", "b", List.of("GPU-a", "GPU-b", "GPU-c"), MemorySize.parse("1GB"), true, true);
        for (Call<?> call : List.of(new Call.Scan(), new Call.Read(new ArrayList<>(List.of("GPU-a"))), new Call.HandOut(claim),
                new Call.Adopt(claim), new Call.TakeBack(claim), new Call.Poll(7, new ArrayList<>()))) {
            assertEquals(new Request(9, call, FAULTS), Frames.read(stream(Frames.encode(new Request(9, call, FAULTS))), Request.class));
        }
    }

    @Test
    public void everyKindOfAnswerPasses() throws IOException {
        GpuProcess process = new GpuProcess(7, "python", null, GpuProcess.Kind.MPS);
        UsageRecorder recorder = new UsageRecorder(List.of("GPU-a"), Instant.EPOCH);
        recorder.record(Readings.of("GPU-a").throttledBy("power cap", "heat", "both").build());
        Map<String, Verdict> verdicts = new LinkedHashMap<>(Map.of("GPU-a", Verdict.occupied("used", List.of(process))));
        for (Object answer : List.of(
                new SimulatedSource(SimulationSpec.parse("64xH100"), folder.getRoot().toPath(), "").scan(),
                List.of(Readings.of("GPU-a").process(1, "x", 5, GpuProcess.Kind.COMPUTE).build()),
                verdicts,
                new TakenBack(verdicts, recorder.finish(Instant.now())),
                new Status(3, List.of(new XidEvent("GPU-a", 79, Instant.now())), List.of(), verdicts))) {
            assertEquals(answer, roundTrip(answer));
        }
    }

    @Test
    public void messagesFollowEachOtherUntilTheEnd() throws IOException {
        DataInputStream in = stream(Frames.encode(new Reply(1, "a", null, FAULTS)), Frames.encode(new Reply(2, null, "b", FAULTS)));
        assertEquals(new Reply(1, "a", null, FAULTS), Frames.read(in, Reply.class));
        assertEquals(new Reply(2, null, "b", FAULTS), Frames.read(in, Reply.class));
        assertNull(Frames.read(in, Reply.class));
    }

    @Test
    public void printedTextIsNoMessage() throws IOException {
        DataInputStream in = stream("NVML: warning\n".getBytes(StandardCharsets.US_ASCII));
        assertThrows(StreamCorruptedException.class, () -> Frames.read(in, Reply.class));
    }

    @Test
    public void anEndWithinAMessageIsAnError() throws IOException {
        byte[] message = Frames.encode(new Reply(1, "a", null, FAULTS));
        for (int length : List.of(1, 3, 4, message.length - 1)) {
            DataInputStream in = stream(Arrays.copyOf(message, length));
            assertThrows(length + " bytes", EOFException.class, () -> Frames.read(in, Reply.class));
        }
    }

    @Test
    public void otherClassesAreRejected() throws IOException {
        for (Serializable foreign : List.of(new TreeMap<>(), new Random(), new Throwable(), new Thread.State[0])) {
            DataInputStream in = stream(Frames.encode(new Reply(1, foreign, null, FAULTS)));
            assertThrows(foreign.getClass().getName(), StreamCorruptedException.class, () -> Frames.read(in, Reply.class));
        }
    }

    @Test
    public void anotherMessageThanExpectedIsRejected() throws IOException {
        DataInputStream in = stream(Frames.encode(new Request(1, new Call.Scan(), FAULTS)));
        assertThrows(StreamCorruptedException.class, () -> Frames.read(in, Reply.class));
    }

    @Test
    public void aMessageThatIsTooLargeIsNotSent() {
        Reply reply = new Reply(1, "x".repeat(Frames.MAX_BYTES), null, FAULTS);
        IOException refused = assertThrows(IOException.class, () -> Frames.encode(reply));
        assertTrue(refused.getMessage(), refused.getMessage().contains("more than the 4194304"));
    }
}
