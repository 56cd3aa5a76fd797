package io.jenkins.plugins.gpulease.engine.probe;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Writes requests, one after the other, on a thread that may block without anybody having to wait for it. Thread-safe. */
final class RequestWriter implements Runnable {

    private static final Logger LOGGER = Logger.getLogger(RequestWriter.class.getName());

    private static final byte[] END = {};

    private final OutputStream out;
    private final Runnable onBroken;
    private final BlockingQueue<byte[]> queue = new LinkedBlockingQueue<>();

    /** @param onBroken is called once if no more can be written */
    RequestWriter(@NonNull OutputStream out, @NonNull Runnable onBroken) {
        this.out = out;
        this.onBroken = onBroken;
    }

    /** @param message as {@link Frames#encode} made it */
    void write(@NonNull byte[] message) {
        queue.add(message);
    }

    @Override
    public void run() {
        try (out) {
            for (byte[] message; (message = queue.take()) != END; ) {
                out.write(message);
                out.flush();
            }
        } catch (InterruptedException e) {
            LOGGER.log(Level.FINE, "No more requests are written", e);
        } catch (IOException e) {
            LOGGER.log(Level.FINE, "The pipe to the probe broke", e);
            onBroken.run();
        }
    }

    /** Ends the thread once what was given before is written. Idempotent. */
    void close() {
        queue.add(END);
    }
}
