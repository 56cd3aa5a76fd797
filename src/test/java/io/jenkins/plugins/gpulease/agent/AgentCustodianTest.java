package io.jenkins.plugins.gpulease.agent;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.instanceOf;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import hudson.slaves.DumbSlave;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.lease.Custodian.Returned;
import io.jenkins.plugins.gpulease.engine.lease.DeviceState;
import io.jenkins.plugins.gpulease.engine.lease.Holder;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.lease.LeaseTable;
import io.jenkins.plugins.gpulease.engine.probe.ProbeException;
import io.jenkins.plugins.gpulease.engine.simulation.SimulatedLoad;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

public class AgentCustodianTest {

    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    private final AgentCustodian custodian = new AgentCustodian();
    private LeaseTable table;
    private List<Device> devices;

    @Before
    public void aNodeWithTwoGpus() throws Exception {
        GpuTestNodes.simulateBuiltIn(JENKINS, "2xH100:80GB");
        table = GpuLeases.get().table();
        devices = GpuTestNodes.view(JENKINS.jenkins).inventory().devices();
    }

    private Lease lease(String id, String parent, int... indices) {
        List<Device> chosen = Arrays.stream(indices).mapToObj(devices::get).toList();
        return new Lease(id, NodeNames.BUILT_IN, chosen, null, new Holder(id, "training #" + id), parent, Instant.now(),
                Instant.now());
    }

    private static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    @Test
    public void idleDevicesAreHandedOutAndComeBackWithTheirUsage() throws Exception {
        Lease lease = lease("1", null, 0, 1);
        assertEquals(Map.of(devices.get(0).uuid(), Verdict.CLEAN, devices.get(1).uuid(), Verdict.CLEAN),
                get(custodian.handOut(lease)));

        Returned returned = get(custodian.takeBack(lease));

        assertEquals(List.of(Verdict.CLEAN, Verdict.CLEAN), List.copyOf(returned.verdicts().values()));
        assertEquals(lease.uuids(), returned.usage().devices().stream().map(usage -> usage.uuid()).toList());
    }

    private Lease sharing(String id, String budget) {
        return new Lease(id, NodeNames.BUILT_IN, devices.subList(0, 1), MemorySize.parse(budget), new Holder(id, "training #" + id),
                null, Instant.now(), Instant.now(), true);
    }

    @Test
    public void leasesThatShareADeviceGetItTogetherWithinTheirBudgets() throws Exception {
        String uuid = devices.get(0).uuid();
        assertTrue(get(custodian.handOut(sharing("21", "40 GB"))).get(uuid).isClean());
        assertTrue(get(custodian.handOut(sharing("22", "30 GB"))).get(uuid).isClean());

        Verdict verdict = get(custodian.handOut(sharing("23", "20 GB"))).get(uuid);

        assertEquals(Verdict.Condition.INSUFFICIENT, verdict.condition());
        get(custodian.takeBack(sharing("21", "40 GB")));
        get(custodian.takeBack(sharing("22", "30 GB")));
    }

    @Test
    public void whatAnotherLeaseHasLockedIsOccupiedByItsHolder() throws Exception {
        Lease first = lease("2", null, 0);
        get(custodian.handOut(first));

        Verdict verdict = get(custodian.handOut(lease("3", null, 0))).get(devices.get(0).uuid());

        assertEquals(Verdict.Condition.OCCUPIED, verdict.condition());
        assertThat(verdict.reason(), containsString("localhost training #2"));
        get(custodian.takeBack(first));
    }

    @Test
    public void aSubLeaseTakesDevicesThatItsEnclosingLeaseHasLocked() throws Exception {
        Lease outer = lease("4", null, 0, 1);
        get(custodian.handOut(outer));
        assertTrue(get(custodian.handOut(lease("5", "4", 1))).get(devices.get(1).uuid()).isClean());
        get(custodian.takeBack(lease("5", "4", 1)));
        get(custodian.takeBack(outer));
    }

    @Test
    public void withoutHostCoordinationNothingIsLocked() throws Exception {
        GpuNodeProperty property = GpuTestNodes.simulated("2xH100:80GB");
        property.setHostCoordination(false);
        GpuTestNodes.configure(JENKINS.jenkins, property);
        Lease first = lease("6", null, 0);
        get(custodian.handOut(first));
        assertTrue(get(custodian.handOut(lease("7", null, 0))).get(devices.get(0).uuid()).isClean());
        get(custodian.takeBack(first));
        get(custodian.takeBack(lease("7", null, 0)));
    }

    @Test
    public void aDeviceThatSomebodyElseUsedIsIdleAgainAfterAWhile() throws Exception {
        String uuid = devices.get(0).uuid();
        try (SimulatedLoad load = new SimulatedLoad(SimulatedLoad.defaultFolder())) {
            load.use(uuid, MemorySize.parse("12 GB"), 80);
            Map<String, Verdict> verdicts = get(custodian.handOut(lease("8", null, 0)));
            assertEquals(Verdict.Condition.OCCUPIED, verdicts.get(uuid).condition());
            table.observe(NodeNames.BUILT_IN, verdicts);
            assertEquals(1, GpuTestNodes.view(JENKINS.jenkins).count(DeviceState.OCCUPIED));
        }
        GpuTestNodes.await(() -> GpuTestNodes.view(JENKINS.jenkins).count(DeviceState.IDLE) == 2);
    }

    @Test
    public void aLeaseThatWasTakenUpAfterARestartIsToldToTheProbe() throws Exception {
        table.adopt(lease("9", null, 0));
        GpuTestNodes.await(() -> {
            new DeviceWatch().doRun();
            return !isFree(0);
        });
        get(table.release("9"));
        assertTrue(isFree(0));
    }

    private boolean isFree(int index) throws Exception {
        Lease trial = lease("trial", null, index);
        boolean free = get(custodian.handOut(trial)).get(devices.get(index).uuid()).isClean();
        get(custodian.takeBack(trial));
        return free;
    }

    @Test
    public void aNodeThatIsOfflineFailsAtOnce() throws Exception {
        DumbSlave agent = GpuTestNodes.simulatedAgent(JENKINS, "agent-1", "1xH100:80GB");
        agent.toComputer().disconnect(null).get();
        Lease lease = new Lease("12", "agent-1", devices.subList(0, 1), null, new Holder("12", "training #12"), null,
                Instant.now(), Instant.now());

        ExecutionException e = assertThrows(ExecutionException.class, () -> get(custodian.handOut(lease)));

        assertThat(e.getCause(), instanceOf(ProbeException.class));
        assertThat(e.getCause().getMessage(), containsString("agent-1 is offline"));
        assertThrows(ExecutionException.class, () -> get(custodian.takeBack(lease)));
    }
}
