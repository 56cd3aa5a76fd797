package io.jenkins.plugins.gpulease.engine.simulation;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The file by which a process announces its loads; anybody may have written it, so what is read is bounded.
 *
 * @param process alive when the file was looked at
 */
record LoadFile(@NonNull Path file, @NonNull ProcessHandle process) {

    private static final Pattern PID = Pattern.compile("[1-9]\\d{0,18}");
    private static final int MAX_BYTES = 16 * 1024;

    /** A start time is rounded to the kernel's clock tick, and some file systems round times to seconds. */
    private static final Duration ROUNDING = Duration.ofSeconds(2);

    /** Empty if the file isn't named after a process that lives and that lived when the file was written. */
    @NonNull
    static Optional<LoadFile> ofLiveProcess(@NonNull Path file) {
        if (!hasItsName(file)) {
            return Optional.empty();
        }
        return process(file.getFileName().toString())
                .filter(ProcessHandle::isAlive)
                .filter(process -> isNotOlderThan(file, process.info().startInstant().orElse(null)))
                .map(process -> new LoadFile(file, process));
    }

    static boolean hasItsName(@NonNull Path file) {
        return PID.matcher(file.getFileName().toString()).matches() && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
    }

    private static Optional<ProcessHandle> process(String pid) {
        try {
            return ProcessHandle.of(Long.parseLong(pid));
        } catch (NumberFormatException e) {
            return Optional.empty(); // more than a long holds
        }
    }

    /** Process ids are used again: a file that is older than its process was written by a predecessor. */
    private static boolean isNotOlderThan(Path file, @CheckForNull Instant start) {
        try {
            Instant written = Files.getLastModifiedTime(file).toInstant();
            return start == null || !written.plus(ROUNDING).isBefore(start);
        } catch (IOException e) {
            return false; // withdrawn meanwhile
        }
    }

    /** Its loads; lines of another form and what is beyond the bounds are left out. */
    @NonNull
    List<Load> loads() {
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            String text = new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
            return text.lines().limit(SimulationSpec.MAX_GPUS).map(Load::parse).flatMap(Optional::stream).toList();
        } catch (IOException e) {
            return List.of(); // withdrawn meanwhile
        }
    }
}
