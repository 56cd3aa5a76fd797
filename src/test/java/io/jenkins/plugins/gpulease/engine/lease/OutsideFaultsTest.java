package io.jenkins.plugins.gpulease.engine.lease;

import static org.hamcrest.CoreMatchers.containsString;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.junit.Assert.assertEquals;

import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.placement.BestPlacement;
import io.jenkins.plugins.gpulease.engine.placement.Choice;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import io.jenkins.plugins.gpulease.engine.placement.Placement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.junit.Test;

/** Whatever the table is given to work with may throw, errors included; no device stays bound, and nobody else suffers. */
public class OutsideFaultsTest {

    private final ScriptedCustodian custodian = new ScriptedCustodian();
    private final ManualExecutor executor = new ManualExecutor();
    private final List<String> told = new ArrayList<>();

    private LeaseTable table(Placement placement, Custodian asked, Executor calls) {
        LeaseTable table = new LeaseTable(placement, asked, calls, Clock.systemUTC());
        table.setInventory(TableFixture.NODE, Gpus.h100s(2));
        return table;
    }

    private void request(LeaseTable table, LeaseRequest request) {
        table.request(request, new GrantListener() {
            @Override
            public void onGranted(Lease lease) {
                told.add("granted " + lease.id());
            }

            @Override
            public void onFailed(LeaseFailure failure) {
                told.add(failure.kind() + " " + failure.message());
            }
        });
        executor.runAll();
    }

    private static DeviceView first(LeaseTable table) {
        return table.view(TableFixture.NODE).orElseThrow().devices().get(0);
    }

    @Test
    public void anErrorOfTheCustodianFreesWhatWasOffered() {
        LeaseTable table = table(new BestPlacement(), new Custodian() {
            @Override
            public CompletionStage<Map<String, Verdict>> handOut(Lease lease) {
                throw new StackOverflowError("too deep");
            }

            @Override
            public CompletionStage<Returned> takeBack(Lease lease) {
                return custodian.takeBack(lease);
            }
        }, executor);
        request(table, TableFixture.asking("a", 1));

        assertEquals(DeviceState.UNKNOWN, first(table).state());
        assertThat(first(table).reason(), containsString("too deep"));
    }

    @Test
    public void anExecutorThatCantStartAThreadFreesWhatWasOffered() {
        LeaseTable table = table(new BestPlacement(), custodian, task -> {
            throw new OutOfMemoryError("unable to create native thread");
        });
        request(table, TableFixture.asking("a", 1));

        assertEquals(DeviceState.UNKNOWN, first(table).state());
        assertThat(first(table).reason(), containsString("unable to create native thread"));
        assertEquals(List.of("a"), table.view(TableFixture.NODE).orElseThrow().waiters().stream()
                .map(waiter -> waiter.request().id()).toList());
    }

    @Test
    public void changesAreAnnouncedAgainOnceTheExecutorWorks() {
        List<Runnable> accepted = new ArrayList<>();
        boolean[] broken = {true};
        LeaseTable table = table(new BestPlacement(), custodian, task -> {
            if (broken[0]) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            accepted.add(task);
        });
        table.onChange(told::add);
        table.setUnreachable(TableFixture.NODE, "gone");
        broken[0] = false;
        table.setUnreachable(TableFixture.NODE, "still gone");
        accepted.forEach(Runnable::run);

        assertEquals(List.of(TableFixture.NODE), told);
    }

    @Test
    public void aRequestThatCantBePlacedFailsAloneAndTheOthersAreServed() {
        Placement best = new BestPlacement();
        LeaseTable table = table(new Placement() {
            @Override
            public Optional<Choice> choose(DeviceRequest request, Inventory inventory, Set<String> idle) {
                if ("H100".equals(request.model())) {
                    throw new StackOverflowError("too deep");
                }
                return best.choose(request, inventory, idle);
            }
        }, custodian, executor);
        table.pause();
        request(table, TableFixture.asking("bad", DeviceRequest.of(1).withModel("H100")));
        request(table, TableFixture.asking("good", 1));
        table.resume();
        executor.runAll();

        assertEquals(2, told.size());
        assertEquals("granted good", told.get(1));
        assertThat(told.get(0), containsString("IMPOSSIBLE agent-1: 1 GPU with model 'H100' can't be compared"));
    }
}
