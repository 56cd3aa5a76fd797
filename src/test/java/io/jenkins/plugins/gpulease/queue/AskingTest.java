package io.jenkins.plugins.gpulease.queue;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.Eventually;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.engine.lease.Candidates;
import io.jenkins.plugins.gpulease.engine.lease.Holder;
import io.jenkins.plugins.gpulease.engine.lease.LeaseRequest;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

/** Attempts of one request, which all have its id. */
public class AskingTest {

    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    private final Candidates candidates =
            new LabelCandidates("none", Map.of(), () -> false, new LabelCandidates.Reach(Set.of(), true, false));

    private final QueuedRequest request = new QueuedRequest(
            new LeaseRequest("r", null, DeviceRequest.of(1), new Holder("r", "build"), 0, null, false),
            null,
            null,
            new DispatcherCostTest.Nobody());

    private static final class Recording extends DispatcherCostTest.Nobody {

        private final BlockingQueue<List<Instant>> told = new LinkedBlockingQueue<>();

        @Override
        public void onAsking(Instant askedAt, Instant waitsSince) {
            told.add(List.of(askedAt, waitsSince));
        }

        @Override
        public void onWithdrawn() {
            // asks again
        }

        List<Instant> next() throws InterruptedException {
            return told.poll(60, TimeUnit.SECONDS);
        }
    }

    private List<Instant> askedAgain(Instant before, Recording listener) throws Exception {
        QueuedRequest asking = new QueuedRequest(request.request(), before, before, listener);
        asking.join(1, candidates);
        List<Instant> first = listener.next();
        asking.left(1, null);
        asking.join(1, candidates);
        List<Instant> second = listener.next();
        asking.end();
        asking.settled().get(60, TimeUnit.SECONDS);
        assertEquals("it keeps its place", first.get(0), second.get(0));
        assertTrue(second.get(1).isAfter(first.get(1)));
        return first;
    }

    @Test
    public void theTimeoutOfWhoAsksAgainStartsAgain() throws Exception {
        List<Instant> first = askedAgain(null, new Recording());

        assertEquals(first.get(0), first.get(1));
    }

    @Test
    public void theTimeoutOfWhoAskedAllAlongGoesOnAfterARestart() throws Exception {
        Instant before = Instant.now().minusSeconds(3600);

        assertEquals(List.of(before, before), askedAgain(before, new Recording()));
    }

    @Test
    public void anAttemptThatEndsBeforeItCouldAskLeavesItsSuccessorAlone() throws Exception {
        Asking successor = new Asking(request, candidates, Instant.now());
        Asking first = new Asking(request, candidates, Instant.now());
        Eventually.await("requests are taken", () -> {
            successor.begin();
            return Eventually.waiters() == 1;
        });
        first.begin(); // finds the id in use, and would try again

        first.end();

        assertEquals(1, GpuLeases.get().table().floating().size());
        successor.end();
        assertEquals(0, Eventually.waiters());
    }
}
