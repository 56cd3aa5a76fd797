package io.jenkins.plugins.gpulease.queue;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.queue.CauseOfBlockage;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Why an item can't start on a node, told when somebody looks, without a word of other builds, which not everybody may know who
 * sees this one. The queue keeps one for each node and may ask all of them at once,
 * so an answer is kept for a moment.
 */
final class WaitingForGpus extends CauseOfBlockage {

    private static final long FRESH_NANOS = Duration.ofSeconds(1).toNanos();
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}+");

    private final QueuedRequest request;
    private volatile Answer answer;

    private record Answer(String text, long atNanos) {

        boolean isFresh() {
            return System.nanoTime() - atNanos < FRESH_NANOS;
        }
    }

    WaitingForGpus(@NonNull QueuedRequest request) {
        this.request = request;
    }

    @Override
    public String getShortDescription() {
        Answer known = answer;
        if (known == null || !known.isFresh()) {
            known = new Answer(CONTROL.matcher(text()).replaceAll(" "), System.nanoTime());
            answer = known;
        }
        return known.text();
    }

    private String text() {
        Lease lease = request.lease();
        if (lease != null) {
            return Messages.WaitingForGpus_onlyThere(lease.node());
        }
        List<String> explanation = GpuLeases.get().table().explainWithoutHolders(request.request().id());
        return explanation.isEmpty()
                ? Messages.WaitingForGpus_notAsked(request.request().devices())
                : Messages.WaitingForGpus_waiting(String.join("; ", explanation));
    }
}
