package io.jenkins.plugins.gpulease.metrics;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Timer;
import hudson.slaves.DumbSlave;
import io.jenkins.plugins.gpulease.Builds;
import io.jenkins.plugins.gpulease.Eventually;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import io.jenkins.plugins.gpulease.agent.GpuNodeProperty;
import io.jenkins.plugins.gpulease.engine.lease.DeviceState;
import java.util.Locale;
import jenkins.metrics.api.Metrics;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.test.steps.SemaphoreStep;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

public class GpuMetricsTest {

    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    private static DumbSlave agent;

    @BeforeClass
    public static void aNode() throws Exception {
        agent = GpuTestNodes.simulatedAgent(JENKINS, "gpu-agent", "2xH100:80GB");
    }

    @Test
    public void devicesLeasesAndWaitersAreCounted() throws Exception {
        WorkflowRun holder = Builds.start(JENKINS, "node('gpu-agent') { gpu { gpu { semaphore 'held' } } }");
        SemaphoreStep.waitForStart("held/1", holder);
        WorkflowRun waiter = Builds.start(JENKINS, "node('gpu-agent') { gpu(count: 2) { echo 'done' } }");
        Eventually.await("the second build waits", () -> gauge("waiters") == 1);

        assertEquals(2, gauge("devices.total"));
        assertEquals(1, gauge("devices.leased"));
        assertEquals(1, gauge("devices.idle"));
        assertEquals("one inside another isn't one more", 1, gauge("leases"));

        SemaphoreStep.success("held/1", null);
        JENKINS.assertBuildStatusSuccess(JENKINS.waitForCompletion(holder));
        JENKINS.assertBuildStatusSuccess(JENKINS.waitForCompletion(waiter));
        Eventually.await("all devices are idle again", () -> gauge("devices.idle") == 2);
        assertEquals(0, gauge("waiters"));
        assertEquals(0, gauge("leases"));
    }

    @Test
    public void eachLeaseIsMeasuredOnce() throws Exception {
        long waits = timer("wait").getCount();
        long holds = timer("held").getCount();
        long seconds = gauge("lease.device.seconds");

        Builds.succeed(JENKINS, "node('gpu-agent') { gpu(count: 2) { gpu { sleep 1 } } }");

        assertEquals(waits + 1, timer("wait").getCount());
        assertEquals(holds + 1, timer("held").getCount());
        assertTrue(timer("held").getSnapshot().getMax() >= 1_000_000_000L);
        assertTrue("two devices for a second", gauge("lease.device.seconds") >= seconds + 2);
    }

    @Test
    public void eachStateOfADeviceHasAMetric() {
        for (DeviceState state : DeviceState.values()) {
            assertTrue(gauge("devices." + state.name().toLowerCase(Locale.ROOT)) >= 0);
        }
    }

    @Test
    public void aNodeThatCannotBeReadIsAFailure() throws Exception {
        long before = gauge("probe.failures");
        DumbSlave broken = JENKINS.createOnlineSlave();
        GpuNodeProperty property = new GpuNodeProperty();
        property.setLibraryPath("/nowhere/libnvidia-ml.so.1");

        GpuTestNodes.configure(broken, property);

        assertTrue(gauge("probe.failures") > before);
    }

    private static long gauge(String name) {
        return ((Number) registry().getGauges().get("gpulease." + name).getValue()).longValue();
    }

    private static Timer timer(String name) {
        return registry().getTimers().get("gpulease.lease." + name);
    }

    private static MetricRegistry registry() {
        return Metrics.metricRegistry();
    }
}
