package io.jenkins.plugins.gpulease.dashboard;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.GpuTestNodes;
import io.jenkins.plugins.gpulease.engine.lease.DeviceState;
import io.jenkins.plugins.gpulease.engine.lease.DeviceView;
import java.io.File;
import java.nio.file.Files;
import java.time.Instant;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.JenkinsSessionRule;

public class DrainRestartTest {

    @Rule
    public final JenkinsSessionRule sessions = new JenkinsSessionRule();

    private static DeviceView first(JenkinsRule jenkins) throws Exception {
        GpuTestNodes.awaitDiscovery(jenkins.jenkins);
        return GpuTestNodes.view(jenkins.jenkins).devices().get(0);
    }

    @Test
    public void aDrainedDeviceStaysDrained() throws Throwable {
        sessions.then(jenkins -> {
            GpuTestNodes.simulateBuiltIn(jenkins, "2xH100:80GB");
            jenkins.jenkins.save();
            DrainedDevices.get().add(new Drain(first(jenkins).device().uuid(), "built-in", "fan", "me", Instant.now()));
        });
        sessions.then(jenkins -> {
            assertEquals(DeviceState.DRAINED, first(jenkins).state());
            assertEquals("fan (me)", first(jenkins).drained());
            DrainedDevices.get().remove(first(jenkins).device().uuid());
        });
        sessions.then(jenkins -> assertEquals(DeviceState.IDLE, first(jenkins).state()));
    }

    @Test
    public void aFileThatCannotBeReadDrainsNothingAndStays() throws Throwable {
        sessions.then(jenkins -> {
            GpuTestNodes.simulateBuiltIn(jenkins, "1xH100:80GB");
            jenkins.jenkins.save();
            Files.writeString(file(jenkins).toPath(), "<no");
        });
        sessions.then(jenkins -> {
            assertEquals(DeviceState.IDLE, first(jenkins).state());
            assertTrue(file(jenkins).exists());
        });
    }

    private static File file(JenkinsRule jenkins) {
        return new File(jenkins.jenkins.getRootDir(), DrainedDevices.FILE);
    }
}
