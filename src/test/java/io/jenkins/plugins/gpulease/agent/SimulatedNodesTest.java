package io.jenkins.plugins.gpulease.agent;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertNull;

import hudson.model.Node;
import hudson.model.Slave;
import hudson.slaves.DumbSlave;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.lease.LeaseTable;
import io.jenkins.plugins.gpulease.engine.lease.NodeView;
import java.util.List;
import java.util.Optional;
import org.junit.After;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.InboundAgentRule;
import org.jvnet.hudson.test.JenkinsRule;

public class SimulatedNodesTest {

    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    @ClassRule
    public static final InboundAgentRule AGENTS = new InboundAgentRule();

    @After
    public void theBuiltInNodeIsOrdinaryAgain() throws Exception {
        JENKINS.jenkins.getNodeProperties().clear();
        GpuTestNodes.awaitDiscovery(JENKINS.jenkins);
        for (Node agent : List.copyOf(JENKINS.jenkins.getNodes())) {
            JENKINS.jenkins.removeNode(agent);
        }
    }

    private static List<Device> devices(Node node) {
        Inventory inventory = GpuTestNodes.view(node).inventory();
        assertEquals(inventory.reason(), Inventory.Status.OK, inventory.status());
        return inventory.devices();
    }

    @Test
    public void anAgentHasTheGpusThatItSimulates() throws Exception {
        DumbSlave agent = GpuTestNodes.simulatedAgent(JENKINS, "agent-1", "4xH100:80GB");
        assertEquals(4, devices(agent).size());
        assertThat(devices(agent).get(0).model(), containsString("H100"));
        assertNull(GpuTestNodes.view(agent).unreachable());
    }

    @Test
    public void anInboundAgentFollowsItsConfigurationAndItsConnection() throws Exception {
        Slave agent = GpuTestNodes.simulatedInboundAgent(JENKINS, AGENTS, "inbound-1", "2xA100:40GB");
        assertEquals(2, devices(agent).size());

        GpuTestNodes.stop(JENKINS, AGENTS, "inbound-1");
        GpuTestNodes.await(() -> GpuTestNodes.view(agent).unreachable() != null);
        assertThat(GpuTestNodes.view(agent).unreachable(), containsString("inbound-1 is offline since"));
        assertEquals("what is known stays", 2, GpuTestNodes.view(agent).devices().size());

        AGENTS.start(JENKINS, "inbound-1");
        GpuTestNodes.await(() -> GpuTestNodes.view(agent).unreachable() == null);
        assertEquals(2, devices(agent).size());

        agent.getNodeProperties().replace(GpuTestNodes.simulated("3xT4:16GB")); // saved, but nobody asks for a look
        GpuTestNodes.await(() -> GpuTestNodes.view(agent).inventory().devices().size() == 3);
    }

    @Test
    public void theBuiltInNodeIsLikeAnyAgent() throws Exception {
        GpuTestNodes.simulateBuiltIn(JENKINS, "2xL4:24GB");
        assertEquals(2, devices(JENKINS.jenkins).size());
        assertEquals("built-in", GpuTestNodes.view(JENKINS.jenkins).node());

        JENKINS.jenkins.getNodeProperties().replace(GpuTestNodes.simulated("1xL4:24GB"));
        GpuTestNodes.await(() -> GpuTestNodes.view(JENKINS.jenkins).inventory().devices().size() == 1);
    }

    @Test
    public void nodesThatSimulateTheSameHaveDifferentDevices() throws Exception {
        GpuTestNodes.simulateBuiltIn(JENKINS, "1xL4:24GB");
        DumbSlave agent = GpuTestNodes.simulatedAgent(JENKINS, "agent-2", "1xL4:24GB");
        assertNotEquals(devices(JENKINS.jenkins).get(0).uuid(), devices(agent).get(0).uuid());
    }

    @Test
    public void excludedDevicesAreNotThere() throws Exception {
        GpuNodeProperty property = GpuTestNodes.simulated("2xA100:40GB,2xT4:16GB");
        property.setExclude("0\nmodel:T4");
        GpuTestNodes.configure(JENKINS.jenkins, property);
        assertEquals(List.of(1), devices(JENKINS.jenkins).stream().map(Device::index).toList());

        property.setExclude("model:.");
        GpuTestNodes.configure(JENKINS.jenkins, property);
        Inventory inventory = GpuTestNodes.view(JENKINS.jenkins).inventory();
        assertEquals(Inventory.Status.EMPTY, inventory.status());
        assertThat(inventory.reason(), containsString("left out by configuration"));
    }

    @Test
    public void withoutDiscoveryThereAreNoDevicesAndTheReasonSaysWhere() throws Exception {
        GpuNodeProperty property = GpuTestNodes.simulated("2xA100:40GB");
        property.setDiscovery(false);
        GpuTestNodes.configure(JENKINS.jenkins, property);
        Inventory inventory = GpuTestNodes.view(JENKINS.jenkins).inventory();
        assertEquals(Inventory.Status.EMPTY, inventory.status());
        assertThat(inventory.reason(), containsString("switched off in the configuration of built-in"));
    }

    @Test
    public void aSpecificationThatMakesNoSenseIsAReasonForPeople() throws Exception {
        GpuTestNodes.configure(JENKINS.jenkins, GpuTestNodes.simulated("four"));
        assertThat(GpuTestNodes.view(JENKINS.jenkins).unreachable(), containsString("four"));
    }

    @Test
    public void theTableOfLeasesKnowsTheMarginOfTheNode() throws Exception {
        GpuNodeProperty property = GpuTestNodes.simulated("1xT4:16GB");
        property.setSharingMargin("2 GB");
        GpuTestNodes.configure(JENKINS.jenkins, property);
        assertEquals(MemorySize.parse("2 GB"), GpuLeases.get().table().margin("built-in"));

        GpuTestNodes.simulateBuiltIn(JENKINS, "1xT4:16GB");
        assertEquals(LeaseTable.DEFAULT_MARGIN, GpuLeases.get().table().margin("built-in"));
    }

    @Test
    public void aMarginThatMakesNoSenseIsAReasonForPeople() throws Exception {
        GpuNodeProperty property = GpuTestNodes.simulated("1xT4:16GB");
        property.setSharingMargin("much");
        GpuTestNodes.configure(JENKINS.jenkins, property);
        assertThat(GpuTestNodes.view(JENKINS.jenkins).unreachable(), containsString("sharingMargin 'much' is not an amount of memory"));
    }

    @Test
    public void anAutomaticMemoryThatMakesNoSenseIsAReasonForPeople() throws Exception {
        GpuNodeProperty property = GpuTestNodes.simulated("1xT4:16GB");
        property.setAutoMemoryFallback("16");
        GpuTestNodes.configure(JENKINS.jenkins, property);
        assertThat(GpuTestNodes.view(JENKINS.jenkins).unreachable(), containsString("autoMemoryFallback '16' has no unit"));
    }

    @Test
    public void aLookThatFindsTheSameIsNoEvent() throws Exception {
        GpuTestNodes.simulateBuiltIn(JENKINS, "2xL4:24GB");
        NodeView before = GpuTestNodes.view(JENKINS.jenkins);
        GpuTestNodes.awaitDiscovery(JENKINS.jenkins);
        assertEquals(before.version(), GpuTestNodes.view(JENKINS.jenkins).version());
    }

    @Test
    public void aRemovedAgentIsGone() throws Exception {
        DumbSlave agent = GpuTestNodes.simulatedAgent(JENKINS, "agent-3", "1xL4:24GB");
        JENKINS.jenkins.removeNode(agent);
        GpuTestNodes.await(() -> agent.toComputer() == null || agent.toComputer().getChannel() == null);
        assertEquals(Optional.empty(), GpuLeases.get().table().view("agent-3"));
    }
}
