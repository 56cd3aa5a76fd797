package io.jenkins.plugins.gpulease.engine.host;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the holder of a lock writes into the lock file, for people. Nothing is decided by it: only the kernel's lock counts, and
 * anybody on the host may write into the file. So what is read is bounded and its control characters are escaped.
 *
 * @param lease id of the lease
 * @param holder who holds it, for people
 * @param pid process that holds the lock, in its own namespace
 * @param user login name of that process
 * @param since when it was locked
 */
record LockNote(
        @NonNull String lease, @NonNull String holder, @NonNull String pid, @NonNull String user, @NonNull String since) {

    /** First line of each note. */
    static final String MAGIC = "gpu-lease lock";

    /** Bytes that are read at most; {@link #text} always stays below. */
    static final int MAX_BYTES = 4096;

    private static final int MAX_VALUE = 160;
    private static final String UNTOLD = "?";

    LockNote {
        lease = harmless(lease);
        holder = harmless(holder);
        pid = harmless(pid);
        user = harmless(user);
        since = harmless(since);
    }

    @NonNull
    static LockNote ofThisProcess(@NonNull String lease, @NonNull String holder) {
        return new LockNote(
                lease,
                holder,
                Long.toString(ProcessHandle.current().pid()),
                System.getProperty("user.name", UNTOLD),
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    }

    @NonNull
    String text() {
        return MAGIC + "\nlease=" + lease + "\nholder=" + holder + "\npid=" + pid + "\nuser=" + user + "\nsince=" + since + "\n";
    }

    /** Reads what may be a note; null if it isn't one. Missing lines read as a question mark. */
    @CheckForNull
    static LockNote parse(@NonNull String text) {
        if (!text.startsWith(MAGIC)) {
            return null;
        }
        Map<String, String> values = new LinkedHashMap<>();
        for (String line : text.split("\n")) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                values.putIfAbsent(line.substring(0, equals), line.substring(equals + 1));
            }
        }
        return new LockNote(
                values.getOrDefault("lease", UNTOLD),
                values.getOrDefault("holder", UNTOLD),
                values.getOrDefault("pid", UNTOLD),
                values.getOrDefault("user", UNTOLD),
                values.getOrDefault("since", UNTOLD));
    }

    /** For people: {@code training #12 (pid 4711, user jenkins, since 2025-01-01T12:00:00Z)}. */
    @Override
    public String toString() {
        return holder + " (pid " + pid + ", user " + user + ", since " + since + ")";
    }

    private static String harmless(String value) {
        StringBuilder safe = new StringBuilder();
        value.codePoints().limit(MAX_VALUE).forEach(point -> {
            if (isPrintable(point)) {
                safe.appendCodePoint(point);
            } else {
                safe.append(String.format("\\u%04x", point));
            }
        });
        return safe.toString();
    }

    private static boolean isPrintable(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
