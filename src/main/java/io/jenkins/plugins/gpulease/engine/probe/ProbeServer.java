package io.jenkins.plugins.gpulease.engine.probe;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The probe's end of the pipe. Requests are answered by several threads, so that a device that hangs keeps neither the others
 * nor the reader of the pipe from going on.
 */
final class ProbeServer {

    private static final Logger LOGGER = Logger.getLogger(ProbeServer.class.getName());

    /** More than the callers that an agent has at a time; who waits for a hung one ends by its deadline. */
    private static final int WORKERS = 8;

    private final Probe probe;
    private final Faults faults;
    private final DataInputStream in;
    private final OutputStream out;
    private final ExecutorService workers = Executors.newFixedThreadPool(WORKERS, task -> {
        Thread thread = new Thread(task, "gpu-lease probe worker");
        thread.setDaemon(true);
        return thread;
    });

    ProbeServer(
            @NonNull Probe probe, @NonNull Faults faults, @NonNull DataInputStream in, @NonNull OutputStream out) {
        this.probe = probe;
        this.faults = faults;
        this.in = in;
        this.out = out;
    }

    /**
     * Answers requests until the other end closes the pipe.
     *
     * @throws IOException if the pipe breaks, or something else than a request comes
     */
    void serve() throws IOException {
        for (Request request; (request = Frames.read(in, Request.class)) != null; ) {
            Request next = request;
            faults.addAll(next.faults());
            workers.execute(() -> answer(next));
        }
    }

    private void answer(Request request) {
        try {
            byte[] message = encoded(reply(request));
            synchronized (out) {
                out.write(message);
                out.flush();
            }
        } catch (IOException e) {
            // The reader of the pipe sees its end as well, and ends the process.
            LOGGER.log(Level.FINE, e, () -> "Nobody waits for the answer to: " + request.call().what());
        }
    }

    private static byte[] encoded(Reply reply) throws IOException {
        try {
            return Frames.encode(reply);
        } catch (IOException e) {
            return Frames.encode(new Reply(reply.id(), null, "The probe's answer can't be sent: " + e.getMessage(), reply.faults()));
        }
    }

    private Reply reply(Request request) {
        try {
            Object answer = request.call().on(probe);
            return new Reply(request.id(), answer, null, faults.all());
        } catch (ProbeException e) {
            return new Reply(request.id(), null, e.getMessage(), faults.all());
        } catch (RuntimeException | LinkageError e) {
            LOGGER.log(Level.WARNING, e, () -> "Failed to " + request.call().what());
            return new Reply(request.id(), null, "The probe failed to " + request.call().what() + ": " + e, faults.all());
        }
    }
}
