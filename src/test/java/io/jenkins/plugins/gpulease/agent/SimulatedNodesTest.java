package io.jenkins.plugins.gpulease.agent;

import static org.junit.Assert.assertEquals;

import hudson.model.Node;
import hudson.slaves.DumbSlave;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import java.util.List;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

public class SimulatedNodesTest {

    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    @Test
    public void anAgentHasTheGpusThatItSimulates() throws Exception {
        DumbSlave agent = GpuTestNodes.simulatedAgent(JENKINS, "agent-1", "4xH100:80GB");

        Inventory inventory = GpuTestNodes.view(agent).inventory();

        assertEquals(inventory.reason(), Inventory.Status.OK, inventory.status());
        assertEquals(4, inventory.devices().size());
    }
}
