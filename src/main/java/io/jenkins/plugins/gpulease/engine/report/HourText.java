package io.jenkins.plugins.gpulease.engine.report;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.TreeMap;

/**
 * One hour as it is stored, in one line: the hour since 1970; device-seconds by use; jobs as {@code name's number:held:measured:busy};
 * waits as {@code size:bin*count}. Numbers are whole seconds, or counts. Pure functions.
 */
final class HourText {

    private static final int PARTS = 4;

    /** Nothing that counts seconds or waits of some days is larger; keeps nonsense from overflowing. */
    private static final long MOST = 1L << 40;

    private HourText() {}

    /** @param numbers of the jobs' names; a job without one is counted among the others, number -1 */
    @NonNull
    static String write(long hour, @NonNull HourSums sums, @NonNull Map<String, Integer> numbers) {
        StringJoiner uses = new StringJoiner(",");
        for (DeviceUse use : DeviceUse.values()) {
            uses.add(whole(sums.uses().getOrDefault(use, 0.0)));
        }
        Map<Integer, JobSums> byNumber = new TreeMap<>();
        sums.jobs().forEach((job, each) -> byNumber.merge(numbers.getOrDefault(job, -1), each, JobSums::plus));
        StringJoiner jobs = new StringJoiner(",");
        byNumber.forEach((number, each) ->
                jobs.add(number + ":" + whole(each.held()) + ":" + whole(each.measured()) + ":" + whole(each.busy())));
        StringJoiner waits = new StringJoiner(",");
        sums.waits().forEach((size, bins) ->
                bins.forEach((bin, count) -> waits.add(size.ordinal() + ":" + bin + "*" + count)));
        return hour + "|" + uses + "|" + jobs + "|" + waits;
    }

    private static String whole(double seconds) {
        return String.format(Locale.ROOT, "%.0f", seconds);
    }

    /** An hour that was read. */
    record Read(long hour, @NonNull HourSums sums) {}

    /** Reads a line; empty if it has another form. */
    @NonNull
    static Optional<Read> read(@NonNull String line, @NonNull List<String> names) {
        String[] parts = line.split("\\|", -1);
        if (parts.length != PARTS) {
            return Optional.empty();
        }
        try {
            HourSums sums = new HourSums();
            readUses(parts[1], sums);
            for (String job : items(parts[2])) {
                readJob(job.split(":", -1), names, sums);
            }
            for (String wait : items(parts[3])) {
                String[] words = wait.split("[:*]", -1);
                int bin = (int) Math.min(WaitBins.LAST, number(words[1]));
                sums.addWaits(SizeClass.values()[(int) number(words[0])], bin, (int) Math.min(Integer.MAX_VALUE / 200, number(words[2])));
            }
            return Optional.of(new Read(number(parts[0]), sums));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    private static void readUses(String part, HourSums sums) {
        List<String> seconds = items(part);
        for (int i = 0; i < seconds.size(); i++) {
            sums.addUse(DeviceUse.values()[i], number(seconds.get(i)));
        }
    }

    private static void readJob(String[] words, List<String> names, HourSums sums) {
        String name = words[0].equals("-1") ? HourSums.OTHERS : names.get((int) number(words[0]));
        sums.addJob(name, new JobSums(number(words[1]), number(words[2]), number(words[3])));
    }

    private static List<String> items(String part) {
        return part.isEmpty() ? List.of() : List.of(part.split(",", -1));
    }

    private static long number(String text) {
        long number = Long.parseLong(text);
        if (number < 0 || number > MOST) {
            throw new IllegalArgumentException(text);
        }
        return number;
    }
}
