package io.jenkins.plugins.gpulease.agent;

import static org.junit.Assert.assertEquals;

import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.device.TestClock;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.lease.Candidates;
import io.jenkins.plugins.gpulease.engine.lease.Custodian;
import io.jenkins.plugins.gpulease.engine.lease.GrantListener;
import io.jenkins.plugins.gpulease.engine.lease.Holder;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.lease.LeaseFailure;
import io.jenkins.plugins.gpulease.engine.lease.LeaseRequest;
import io.jenkins.plugins.gpulease.engine.lease.LeaseTable;
import io.jenkins.plugins.gpulease.engine.placement.BestPlacement;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import io.jenkins.plugins.gpulease.engine.usage.LeaseUsage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.junit.Test;

public class DeviceWatchTest {

    private final TestClock clock = TestClock.standing();
    private final LeaseTable table = new LeaseTable(new BestPlacement(), new CleanDevices(), Runnable::run, clock);
    private final List<Lease> granted = new ArrayList<>();

    @Test
    public void aRequestThatFloatsIsTriedAgainOnANodeForWhichNobodyElseWaits() {
        table.setInventory("agent-1", Gpus.h100s(1));
        table.requestAnywhere(
                new LeaseRequest("f", null, DeviceRequest.of(1), new Holder("f", "f"), 0, null, false), new Anywhere(), new Grants());
        table.decline(granted.get(0), "the agent was offline");
        DeviceWatch.tryAgain(table);
        assertEquals(1, granted.size());

        clock.pass(Duration.ofSeconds(30));
        DeviceWatch.tryAgain(table);

        assertEquals(2, granted.size());
    }

    private final class Grants implements GrantListener {
        @Override
        public void onGranted(Lease lease) {
            granted.add(lease);
        }

        @Override
        public void onFailed(LeaseFailure failure) {
            throw new AssertionError(failure);
        }
    }

    private static final class Anywhere implements Candidates {
        @Override
        public boolean mayUse(String node) {
            return true;
        }

        @Override
        public int room(String node) {
            return 1;
        }

        @Override
        public boolean takesTasks(String node) {
            return true;
        }

        @Override
        public String title() {
            return "any label";
        }

        @Override
        public String noNode() {
            return "No known node";
        }

        @Override
        public boolean mayGrow() {
            return false;
        }
    }

    private static final class CleanDevices implements Custodian {
        @Override
        public CompletionStage<Map<String, Verdict>> handOut(Lease lease) {
            return CompletableFuture.completedFuture(clean(lease));
        }

        @Override
        public CompletionStage<Returned> takeBack(Lease lease) {
            return CompletableFuture.completedFuture(new Returned(clean(lease), LeaseUsage.UNKNOWN));
        }

        private static Map<String, Verdict> clean(Lease lease) {
            return lease.uuids().stream().collect(Collectors.toMap(uuid -> uuid, uuid -> Verdict.CLEAN));
        }
    }
}
