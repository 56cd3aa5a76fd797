package io.jenkins.plugins.gpulease.engine.doctor;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;

/**
 * Reads what NVIDIA's driver has written into the kernel's log since the machine was booted. At the log's end a read waits for
 * more, and can't be told not to: it goes on in a daemon thread, so this is for a process that soon ends.
 */
final class KernelRing {

    private static final String OF_THE_DRIVER = "NVRM:";
    private static final int MOST_LINES = 200;
    private static final int LONGEST_LINE = 300;
    private static final long QUIET_MILLIS = 100;
    private static final int MOST_WAITS = 30;

    private final Path device;
    private final Deque<String> kept = new ArrayDeque<>();
    private long seen;
    private String problem;
    private boolean ended;

    private KernelRing(Path device) {
        this.device = device;
    }

    /** @param device normally {@code /dev/kmsg} */
    @NonNull
    static DriverNote.KernelLog read(@NonNull Path device) throws InterruptedException {
        KernelRing ring = new KernelRing(device);
        Thread reader = new Thread(ring::readAll, "kernel log");
        reader.setDaemon(true);
        reader.start();
        return ring.await();
    }

    /** Until nothing has come for a moment, for three seconds at most. */
    private synchronized DriverNote.KernelLog await() throws InterruptedException {
        long before = -1;
        for (int i = 0; i < MOST_WAITS && !ended && (seen == 0 || before != seen); i++) {
            before = seen;
            wait(QUIET_MILLIS);
        }
        return new DriverNote.KernelLog(new ArrayList<>(kept), problem);
    }

    private void readAll() {
        if (!Files.exists(device)) {
            end("there is no " + device + " here");
            return;
        }
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(new FileInputStream(device.toFile()), StandardCharsets.UTF_8))) {
            for (String line; (line = lines.readLine()) != null; ) {
                take(line);
            }
            end(null);
        } catch (IOException e) {
            end(e.getMessage());
        }
    }

    private synchronized void take(String line) {
        seen++;
        if (line.contains(OF_THE_DRIVER)) {
            kept.add(line.length() <= LONGEST_LINE ? line : line.substring(0, LONGEST_LINE));
            if (kept.size() > MOST_LINES) {
                kept.remove();
            }
        }
    }

    private synchronized void end(@CheckForNull String why) {
        problem = seen == 0 ? why : null; // the ring may overtake its reader, which has read something then
        ended = true;
        notifyAll();
    }
}
