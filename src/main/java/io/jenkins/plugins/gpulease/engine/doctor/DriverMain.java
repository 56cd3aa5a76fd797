package io.jenkins.plugins.gpulease.engine.doctor;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.probe.Frames;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** The process that asks the driver: writes its notes to standard output, and ends with whoever started it. */
final class DriverMain {

    private static final int ENDED = 0;
    private static final int FAILED = 1;

    private DriverMain() {}

    /** @param arguments path of NVML, or nothing to look in the usual places */
    public static void main(String[] arguments) {
        OutputStream notes = new FileOutputStream(FileDescriptor.out);
        System.setOut(System.err);
        Thread parent = new Thread(DriverMain::endWithParent, "parent");
        parent.setDaemon(true);
        parent.start();
        // Halted, not exited: a thread that hangs in the driver must not hold up the end.
        Runtime.getRuntime().halt(run(arguments, notes));
    }

    private static int run(String[] arguments, OutputStream notes) {
        String library = arguments.length == 0 ? null : arguments[0];
        try {
            new DriverExam(HostFiles.ofThisMachine(), library, note -> notes.write(Frames.encode(note))).run();
            return ENDED;
        } catch (IOException | InterruptedException e) {
            System.err.println("The driver can't be asked: " + e);
            return FAILED;
        }
    }

    private static void endWithParent() {
        try {
            while (System.in.read() >= 0) {
                // nothing is meant to come
            }
        } catch (IOException e) {
            System.err.println(e.getMessage());
        }
        Runtime.getRuntime().halt(FAILED);
    }
}
