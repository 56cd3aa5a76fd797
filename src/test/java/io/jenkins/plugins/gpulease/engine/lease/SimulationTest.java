package io.jenkins.plugins.gpulease.engine.lease;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.lease.Workload.Binding;
import io.jenkins.plugins.gpulease.engine.lease.Workload.Mix;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.Test;

/** The order over days of work, in virtual time. */
public class SimulationTest {

    @Test
    public void aStreamOfSinglesOvertakesOneForFourGpusNoMoreThanFourTimes() {
        for (int seed = 0; seed < 10; seed++) {
            assertEquals("Seed " + seed, LeaseTable.DEFAULT_MAX_OVERTAKES, singlesThatStartBefore(new Random(seed)));
        }
    }

    /** On a node with 8 GPUs, all of them leased to singles that end in any order, with more of them behind. */
    private static int singlesThatStartBefore(Random random) {
        TableFixture fixture = new TableFixture().with(Gpus.h100s(Workload.DEVICES));
        Deque<String> later = new ArrayDeque<>();
        IntStream.range(0, Workload.DEVICES).forEach(number -> fixture.request("early" + number, 1));
        fixture.request("four", 4);
        for (int number = 0; number < 100; number++) {
            later.add("late" + number);
            fixture.request("late" + number, 1);
        }
        while (!fixture.isGranted("four")) {
            List<Lease> leases = fixture.view().leases();
            fixture.release(leases.get(random.nextInt(leases.size())).id());
        }
        return (int) later.stream().filter(fixture::isGranted).count();
    }

    @Test
    public void moreThanNineOfTenGpusAreInUseUnderLoad() {
        for (Binding binding : Binding.values()) {
            assertUtilisation(0.9, Mix.UP_TO_HALF_A_NODE, binding);
        }
    }

    @Test
    public void moreThanNineOfTenGpusAreInUseWhereRequestsForWholeNodesFloat() {
        assertUtilisation(0.9, Mix.UP_TO_A_WHOLE_NODE, Binding.ALL_FLOAT);
    }

    /** Their GPUs are idle until the last build of that very node has ended, and nobody knows when that is. */
    @Test
    public void requestsForWholeNodesThatAreBoundCostMoreButNotWithoutLimit() {
        assertUtilisation(0.86, Mix.UP_TO_A_WHOLE_NODE, Binding.SINGLES_BOUND);
        assertUtilisation(0.7, Mix.UP_TO_A_WHOLE_NODE, Binding.ALL_BOUND);
    }

    private static void assertUtilisation(double least, Mix mix, Binding binding) {
        Scenario.Outcome outcome = Scenario.Outcome.of(Scenario.workload(1.1, mix, binding), LeaseTable.DEFAULT_MAX_OVERTAKES);

        assertTrue(mix + ", " + binding + ": " + outcome.utilisation(), outcome.utilisation() > least);
        assertTrue(mix + ", " + binding + ": " + outcome.mostOvertaken(), outcome.mostOvertaken() <= LeaseTable.DEFAULT_MAX_OVERTAKES);
    }

    @Test
    public void whatIsKeptForThoseOvertakenIsWhatKeepsThemFromStarving() {
        Workload workload = Scenario.workload(0.9, Mix.UP_TO_A_WHOLE_NODE, Binding.ALL_BOUND);

        assertTrue(Simulation.run(workload, 0, Integer.MAX_VALUE, Scenario.WARM_UP).mostOvertaken() > 100);
        assertTrue(Simulation.run(workload, 0, 4, Scenario.WARM_UP).mostOvertaken() <= 4);
    }
}
