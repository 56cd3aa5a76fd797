package io.jenkins.plugins.gpulease.engine.host;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;

/**
 * Whether NVIDIA's Multi-Process Service runs on this machine: by the control pipe of its daemon, or by the daemon's process. A pipe
 * that a killed daemon left behind looks like a daemon; what follows from it (a limit that nobody reads) does no harm.
 */
final class MpsDaemon {

    /** Environment variable that names the folder of the daemon's pipes, as NVIDIA's documentation of MPS says. */
    static final String PIPES = "CUDA_MPS_PIPE_DIRECTORY";

    private static final String USUAL_PIPES = "/tmp/nvidia-mps";
    private static final String CONTROL = "control";
    private static final String PROGRAM = "nvidia-cuda-mps-control";
    private static final int LONGEST_PATH = 4096;

    private MpsDaemon() {}

    /** @param proc folder like {@code /proc}; it need not be there */
    static boolean runs(@NonNull Map<String, String> environment, @NonNull Path proc) {
        String pipes = environment.getOrDefault(PIPES, "");
        return isPipe(pipes.isBlank() ? USUAL_PIPES : pipes) || hasProcess(proc);
    }

    /** A named pipe or a socket; a file of that name is something else. */
    private static boolean isPipe(String folder) {
        Path control;
        try {
            control = Path.of(folder).resolve(CONTROL);
        } catch (InvalidPathException e) {
            return false;
        }
        return Files.exists(control, LinkOption.NOFOLLOW_LINKS)
                && !Files.isRegularFile(control, LinkOption.NOFOLLOW_LINKS)
                && !Files.isDirectory(control, LinkOption.NOFOLLOW_LINKS)
                && !Files.isSymbolicLink(control);
    }

    private static boolean hasProcess(Path proc) {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[1-9]*")) {
            for (Path process : processes) {
                if (isDaemon(process.resolve("cmdline"))) {
                    return true;
                }
            }
            return false;
        } catch (IOException | DirectoryIteratorException e) {
            return false; // no Linux
        }
    }

    private static boolean isDaemon(Path commandLine) {
        try (InputStream in = Files.newInputStream(commandLine)) {
            String words = new String(in.readNBytes(LONGEST_PATH), StandardCharsets.UTF_8);
            String program = words.split("\0", 2)[0];
            return program.substring(program.lastIndexOf('/') + 1).equals(PROGRAM);
        } catch (IOException e) {
            return false; // it has just ended
        }
    }
}
