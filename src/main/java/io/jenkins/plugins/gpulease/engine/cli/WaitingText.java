package io.jenkins.plugins.gpulease.engine.cli;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.ReadableTime;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Says for whom {@code run} waits: at once, when that changes (at most every few seconds, since memory changes all the time), and
 * every minute. For one thread.
 */
final class WaitingText {

    private static final Duration REMINDER = Duration.ofMinutes(1);
    private static final Duration QUIET = Duration.ofSeconds(5);

    private final DeviceRequest request;
    private List<String> told = List.of();
    private Duration toldAfter = Duration.ZERO;

    WaitingText(@NonNull DeviceRequest request) {
        this.request = request;
    }

    /** What hasn't been said yet; empty if nothing is new. */
    @NonNull
    List<String> news(@NonNull Inventory inventory, @NonNull Attempt attempt, @NonNull Duration waited) {
        List<String> obstacles = obstacles(inventory, attempt);
        boolean first = told.isEmpty();
        Duration quiet = obstacles.equals(told) ? REMINDER : QUIET;
        if (!first && waited.minus(toldAfter).compareTo(quiet) < 0) {
            return List.of();
        }
        told = obstacles;
        toldAfter = waited;
        List<String> lines = new ArrayList<>();
        lines.add("waiting for " + request + (first ? "" : ", for " + ReadableTime.of(waited) + " now"));
        lines.addAll(obstacles);
        if (first && System.getenv("GPU_LEASE_ID") != null) {
            lines.add("  note: this shell has lease " + System.getenv("GPU_LEASE_ID") + " already; what it has needs no second one");
        }
        return lines;
    }

    /**
     * What to say when it gives up.
     *
     * @param waited null if it wasn't to wait
     */
    @NonNull
    String failure(@NonNull Inventory inventory, @NonNull Attempt attempt, @CheckForNull Duration waited) {
        String after = waited == null ? " now" : " within " + ReadableTime.of(waited);
        return request + (request.count() == 1 ? " isn't" : " aren't") + " free" + after + "\n"
                + String.join("\n", obstacles(inventory, attempt));
    }

    private static List<String> obstacles(Inventory inventory, Attempt attempt) {
        List<String> lines = new ArrayList<>();
        inventory.devices().forEach(device -> {
            String obstacle = attempt.obstacles().get(device.uuid());
            if (obstacle != null) {
                lines.add("  " + UsageText.name(device) + ": " + obstacle);
            } else if (!device.health().isOk()) {
                lines.add("  " + UsageText.name(device) + ": sick, " + device.health().problem());
            }
        });
        return lines;
    }
}
