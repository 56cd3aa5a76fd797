package io.jenkins.plugins.gpulease.engine.report;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.lease.NodeView;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/**
 * Adds up by the hour what devices and leases do, for {@value #HOURS} hours; what is older is forgotten.
 *
 * <p>Device-hours are counted while somebody tells of changes. Leases count when they end, in all the hours in which they were held,
 * so they are whole after a restart as well.
 *
 * <p>Thread-safe: a private lock, under which nothing is called.
 */
public final class FleetLedger {

    /** Seven days and the hour that runs. */
    public static final int HOURS = 7 * 24 + 1;

    /** Jobs that are stored by name. */
    public static final int MAX_NAMES = 300;

    private static final long SECONDS = 3_600;

    /** Number of a node's devices by use, since a time up to which they are counted. */
    private record Counted(Map<DeviceUse, Long> devices, Instant upTo) {}

    private final Object lock = new Object();
    private final TreeMap<Long, HourSums> hours = new TreeMap<>();
    private final Map<String, Counted> nodes = new HashMap<>();

    /** Goes on where a stored one ended; lines of another form are left out. */
    public FleetLedger(@NonNull StoredHours stored) {
        stored.hours().stream()
                .skip(Math.max(0, stored.hours().size() - HOURS))
                .forEach(line -> HourText.read(line, stored.jobs()).ifPresent(read -> hours.put(read.hour(), read.sums())));
    }

    /** A node's devices are in these states from now on. */
    public void changed(@NonNull NodeView node, @NonNull Instant now) {
        Map<DeviceUse, Long> devices = node.devices().stream()
                .collect(Collectors.groupingBy(device -> DeviceUse.of(device.state()), Collectors.counting()));
        synchronized (lock) {
            count(node.node(), now);
            nodes.put(node.node(), new Counted(devices, now));
        }
    }

    /** A node is no more. */
    public void removed(@NonNull String node, @NonNull Instant now) {
        synchronized (lock) {
            count(node, now);
            nodes.remove(node);
        }
    }

    private void count(String node, Instant now) {
        Counted counted = nodes.get(node);
        if (counted != null) {
            counted.devices().forEach((use, number) ->
                    spread(counted.upTo(), now, (hour, seconds) -> hour.addUse(use, number * seconds)));
            nodes.put(node, new Counted(counted.devices(), now));
        }
    }

    /** A lease has ended. */
    public void ended(@NonNull LeaseSpan lease) {
        synchronized (lock) {
            addTo(lease, this::hour);
        }
    }

    /** Counts what runs up to now, and forgets what is too old. */
    public void tick(@NonNull Instant now) {
        synchronized (lock) {
            List.copyOf(nodes.keySet()).forEach(node -> count(node, now));
            hours.headMap(hourOf(now) - HOURS, true).clear();
            hours.tailMap(hourOf(now), false).clear(); // of a clock that was set back
        }
    }

    /**
     * The report of the last full hours and the one that runs.
     *
     * @param window whole hours, at most seven days
     * @param held leases that have not ended
     */
    @NonNull
    public FleetReport report(@NonNull Instant now, @NonNull Duration window, @NonNull List<LeaseSpan> held) {
        tick(now);
        long first = hourOf(now) - window.toHours();
        HourSums sums = new HourSums(Integer.MAX_VALUE);
        synchronized (lock) {
            hours.tailMap(first, true).values().forEach(sums::add);
        }
        HourSums nowhere = new HourSums();
        held.forEach(lease -> addTo(lease, hour -> hour < first ? nowhere : sums));
        return ReportOf.sums(sums, Instant.ofEpochSecond(first * SECONDS), now);
    }

    private interface Hours {
        HourSums get(long hour);
    }

    private static void addTo(LeaseSpan lease, Hours hours) {
        spread(lease.grantedAt(), lease.endedAt(), hours, (hour, seconds) -> hour.addJob(lease.job(), lease.sums(seconds)));
        hours.get(hourOf(lease.grantedAt())).addWaits(SizeClass.of(lease.size()), WaitBins.bin(lease.waited()), 1);
    }

    private HourSums hour(long hour) {
        return hours.computeIfAbsent(hour, any -> new HourSums());
    }

    private void spread(Instant from, Instant to, BiConsumer<HourSums, Double> add) {
        spread(from, to, this::hour, add);
    }

    /** A time that goes backward counts nothing; of one that is longer than all that is kept, only the end counts. */
    private static void spread(Instant from, Instant to, Hours hours, BiConsumer<HourSums, Double> add) {
        long first = Math.max(hourOf(from), hourOf(to) - HOURS);
        for (long hour = first; hour <= hourOf(to); hour++) {
            Instant begin = later(from, Instant.ofEpochSecond(hour * SECONDS));
            Instant end = earlier(to, Instant.ofEpochSecond((hour + 1) * SECONDS));
            if (begin.isBefore(end)) {
                add.accept(hours.get(hour), Duration.between(begin, end).toMillis() / 1000.0);
            }
        }
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private static long hourOf(Instant time) {
        return Math.floorDiv(time.getEpochSecond(), SECONDS);
    }

    /** What is to be stored: the {@value #MAX_NAMES} jobs that held most keep their names. */
    @NonNull
    public StoredHours stored() {
        synchronized (lock) {
            Map<String, JobSums> jobs = new HashMap<>();
            hours.values().forEach(hour -> hour.jobs().forEach((job, sums) -> jobs.merge(job, sums, JobSums::plus)));
            List<String> names = jobs.entrySet().stream()
                    .filter(entry -> !entry.getKey().equals(HourSums.OTHERS))
                    .sorted(Comparator.comparingDouble(entry -> -entry.getValue().held()))
                    .limit(MAX_NAMES)
                    .map(Map.Entry::getKey)
                    .toList();
            Map<String, Integer> numbers = new LinkedHashMap<>();
            names.forEach(name -> numbers.put(name, numbers.size()));
            List<String> lines = new ArrayList<>();
            hours.forEach((hour, sums) -> lines.add(HourText.write(hour, sums, numbers)));
            return new StoredHours(names, lines);
        }
    }
}
