package io.jenkins.plugins.gpulease.dashboard;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;

import hudson.cli.CLICommandInvoker;
import hudson.cli.CLICommandInvoker.Result;
import hudson.model.Computer;
import io.jenkins.plugins.gpulease.Eventually;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.GpuPermissions;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.lease.DeviceState;
import jenkins.model.Jenkins;
import net.sf.json.JSONObject;
import org.htmlunit.WebResponse;
import org.junit.Test;

/** What people do on the pages and by commands, and who may. */
public class GpuActionsTest extends WatchedGpus {

    @Test
    public void whoConfiguresNodesManagesTheirGpus() {
        assertEquals(Computer.CONFIGURE, GpuPermissions.MANAGE.impliedBy);
        assertEquals(Jenkins.READ, GpuPermissions.VIEW.impliedBy);
    }

    @Test
    public void aLeaseIsReleasedAndThatIsInTheHistory() throws Exception {
        assertEquals(200, post("manager", "release?lease=" + held).getStatusCode());

        Eventually.await("it is released", () -> GpuLeases.get().table().lease(held).isEmpty());
        HistoryEntry entry = History.get().entries().get(0);
        assertEquals("manager", entry.who());
        assertEquals("released a lease of 1 GPU", entry.what());
    }

    @Test
    public void aDeviceIsDrainedAndPutBack() throws Exception {
        String uuid = devices.get(1).uuid();
        WebResponse drained = post("manager", "drain?reason=fan&device=" + uuid);
        assertEquals(drained.getContentAsString(), 200, drained.getStatusCode());
        assertEquals(DeviceState.DRAINED, state(1));
        assertEquals("fan (manager)", GpuTestNodes.view(JENKINS.jenkins).devices().get(1).reason());

        assertEquals(200, post("manager", "undrain?device=" + uuid).getStatusCode());
        assertEquals(DeviceState.IDLE, state(1));
    }

    @Test
    public void whatIsAskedForWronglyIsRefusedWithTheReason() throws Exception {
        assertError("There is no GPU lease 'nope'", post("manager", "release?lease=nope"));
        assertError("There is no GPU with UUID '<b>'", post("manager", "drain?reason=x&device=%3Cb%3E"));
        assertError("'reason' must have 1 to 200 characters", post("manager", "drain?reason=+&device=" + devices.get(1).uuid()));
        assertError("isn't drained", post("manager", "undrain?device=" + devices.get(1).uuid()));
    }

    private static void assertError(String message, WebResponse response) {
        assertEquals(400, response.getStatusCode());
        assertThat(JSONObject.fromObject(response.getContentAsString()).getString("error"), containsString(message));
    }

    // ---- commands

    private static Result run(String command, String user, String... arguments) {
        return new CLICommandInvoker(JENKINS, command).asUser(user).invokeWithArgs(arguments);
    }

    @Test
    public void gpuListShowsDevicesAndWhoHasThem() {
        String table = run("gpu-list", "friend").stdout();
        assertThat(table, startsWith("NODE      GPU  MODEL"));
        assertThat(table, containsString("secret #1"));

        String masked = run("gpu-list", "reader", "(built-in)").stdout();
        assertThat(masked, containsString(devices.get(1).uuid()));
        assertThat(masked, not(containsString("secret")));
    }

    @Test
    public void gpuListTellsGpusInMigModeFromIdleOnes() {
        GpuLeases.get().table().setInventory("mig-01", Gpus.inventory(Gpus.inMigMode(Gpus.h100(0))));

        try {
            assertThat(run("gpu-list", "admin", "mig-01").stdout(), matchesPattern("(?s).* 79.6 GiB  in MIG mode  .*"));
        } finally {
            GpuLeases.get().table().removeNode("mig-01");
        }
    }

    @Test
    public void gpuListShowsWhoWaits() {
        assertThat(run("gpu-list", "friend", "--waiting").stdout(), containsString("1/1    built-in  2 GPUs  secret #2"));
    }

    @Test
    public void gpuListNeedsPermissionAndAKnownNode() {
        assertEquals(6, run("gpu-list", "stranger").returnCode());
        Result unknown = run("gpu-list", "reader", "nowhere");
        assertEquals(3, unknown.returnCode());
        assertThat(unknown.stderr(), containsString("No node 'nowhere' with GPUs is known"));
    }

    @Test
    public void gpuDrainAndUndrainTakeAnIndex() {
        Result drained = run("gpu-drain", "manager", "1", "--node", "built-in", "--reason", "fan");
        assertEquals(drained.stderr(), 0, drained.returnCode());
        assertEquals(DeviceState.DRAINED, state(1));

        assertEquals(0, run("gpu-undrain", "manager", "1", "--node", "built-in").returnCode());
        assertEquals(DeviceState.IDLE, state(1));
    }

    @Test
    public void gpuReleaseEndsALease() throws Exception {
        assertEquals(0, run("gpu-release", "manager", held).returnCode());

        Eventually.await("it is released", () -> GpuLeases.get().table().lease(held).isEmpty());
    }

    @Test
    public void commandsThatChangeSomethingNeedThePermissionToManage() {
        assertEquals(6, run("gpu-release", "friend", held).returnCode());
        assertEquals(6, run("gpu-drain", "friend", devices.get(1).uuid(), "--reason", "x").returnCode());
        assertEquals(6, run("gpu-undrain", "friend", devices.get(1).uuid()).returnCode());
        assertFalse(GpuLeases.get().table().lease(held).isEmpty());
    }
}
