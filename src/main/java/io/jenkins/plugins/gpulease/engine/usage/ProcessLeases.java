package io.jenkins.plugins.gpulease.engine.usage;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Tells which leases a process was started in: by the lease's id in its environment, or in that of a process that started it.
 * It works where there is a {@code /proc} as on Linux, and for processes that this user may ask, or whose parents it may;
 * of all others nobody knows. Stateless.
 */
public final class ProcessLeases {

    /** Environment variable that holds the lease's id. */
    public static final String VARIABLE = "GPU_LEASE_ID";

    private static final byte[] PREFIX = (VARIABLE + "=").getBytes(StandardCharsets.UTF_8);

    /** More generations are not plausible. */
    private static final int MOST_ANCESTORS = 64;

    /** Linux allows an environment of 6 MiB at most unless it is told otherwise (a quarter of the stack's limit, or 3/4 of 8 MiB). */
    private static final int MOST_BYTES = 6 << 20;

    private static final int LONGEST_ID = 200;

    private final Path proc;

    /** Of this machine. */
    public ProcessLeases() {
        this(Path.of("/proc"));
    }

    /** @param proc a folder like {@code /proc} */
    public ProcessLeases(@NonNull Path proc) {
        this.proc = proc;
    }

    /** Reads some files; never fails. */
    @NonNull
    public ProcessOwner of(long pid) {
        List<String> leases = new ArrayList<>();
        Set<Long> chain = new LinkedHashSet<>();
        boolean told = false;
        for (long next = pid; next > 0 && chain.size() < MOST_ANCESTORS && chain.add(next); next = parent(next)) {
            byte[] environment = environment(next);
            if (next == pid) {
                told = environment != null;
            }
            String lease = environment == null ? null : lease(environment);
            if (lease != null && !leases.contains(lease)) {
                leases.add(lease);
            }
        }
        return leases.isEmpty() && !told ? ProcessOwner.UNKNOWN : new ProcessOwner(leases, told);
    }

    /** Null if it can't be read: the process has ended, or is another user's. Kernel threads and zombies have an empty one. */
    @CheckForNull
    private byte[] environment(long pid) {
        try (InputStream in = Files.newInputStream(file(pid, "environ"))) {
            byte[] bytes = in.readNBytes(MOST_BYTES);
            return bytes.length == 0 ? null : bytes;
        } catch (IOException e) {
            return null;
        }
    }

    @CheckForNull
    private static String lease(byte[] environment) {
        int start = 0;
        while (start < environment.length) {
            int end = start;
            while (end < environment.length && environment[end] != 0) {
                end++;
            }
            if (isLease(environment, start, end)) {
                int from = start + PREFIX.length;
                return new String(environment, from, Math.min(end - from, LONGEST_ID), StandardCharsets.UTF_8);
            }
            start = end + 1;
        }
        return null;
    }

    private static boolean isLease(byte[] environment, int start, int end) {
        if (end - start <= PREFIX.length) {
            return false;
        }
        for (int i = 0; i < PREFIX.length; i++) {
            if (environment[start + i] != PREFIX[i]) {
                return false;
            }
        }
        return true;
    }

    /** The fourth field of {@code stat} (proc(5)), behind a name in parentheses that may contain anything; 0 if it can't be read. */
    private long parent(long pid) {
        try (InputStream in = Files.newInputStream(file(pid, "stat"))) {
            String stat = new String(in.readNBytes(1024), StandardCharsets.ISO_8859_1);
            String[] fields = stat.substring(stat.lastIndexOf(')') + 1).trim().split(" ");
            return fields.length < 2 ? 0 : Long.parseLong(fields[1]);
        } catch (IOException | NumberFormatException e) {
            return 0;
        }
    }

    private Path file(long pid, String name) {
        return proc.resolve(Long.toString(pid)).resolve(name);
    }
}
