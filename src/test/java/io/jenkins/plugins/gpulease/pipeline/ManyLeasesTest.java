package io.jenkins.plugins.gpulease.pipeline;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.Builds;
import io.jenkins.plugins.gpulease.Eventually;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import io.jenkins.plugins.gpulease.build.GpuLeasesAction;
import io.jenkins.plugins.gpulease.request.LeaseLog;
import io.jenkins.plugins.gpulease.request.LeaseWait;
import io.jenkins.plugins.gpulease.request.WaitWatch;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.management.ObjectName;
import org.jenkinsci.plugins.workflow.flow.FlowDurabilityHint;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.job.properties.DurabilityHintJobProperty;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

public class ManyLeasesTest {

    /** What is left of each would show; src/test/acceptance/measure.py does it with a thousand. */
    private static final int LEASES = 250;
    private static final int MIB = 1 << 20;

    /** The build itself, with the records of its leases and what Pipeline keeps of its steps, is allowed this much. */
    private static final int MAX_GROWTH_MIB = 16;

    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    static {
        JENKINS.timeout = 600; // seconds, for a busy machine
    }

    @Test
    public void hundredsOfLeasesInOnePipelineLeaveNothingBehind() throws Exception {
        GpuTestNodes.simulateBuiltIn(JENKINS, "2xH100:80GB");
        run(50); // so that classes, caches and pools are there
        long before = usedMib();

        WorkflowRun build = run(LEASES);

        Eventually.awaitNoLeaseAndNoWaiter();
        GpuLeasesAction leases = build.getAction(GpuLeasesAction.class);
        assertEquals(LEASES, leases.getLeases().size() + leases.getForgotten());
        Eventually.await("nothing of a lease is on the heap", () -> leftOnHeap().isEmpty());
        assertTrue("from " + before + " MiB to " + usedMib() + " MiB", usedMib() - before < MAX_GROWTH_MIB);
    }

    private static WorkflowRun run(int leases) throws Exception {
        WorkflowJob job = Builds.job(
                JENKINS, "node('built-in') { for (int i = 0; i < " + leases + "; i++) { gpu { } } }");
        job.addProperty(new DurabilityHintJobProperty(FlowDurabilityHint.PERFORMANCE_OPTIMIZED));
        return JENKINS.buildAndAssertSuccess(job);
    }

    /** Instances of the classes that live no longer than a block, by class; counting them collects garbage first. */
    private static Map<String, Integer> leftOnHeap() throws Exception {
        List<String> shortLived = List.of(
                GpuStepExecution.class.getName(), LeaseWait.class.getName(), WaitWatch.class.getName(), LeaseLog.class.getName(),
                LeaseReturn.class.getName(), LeaseBody.class.getName(), "io.jenkins.plugins.gpulease.engine.lease.Waiter",
                "io.jenkins.plugins.gpulease.engine.lease.Holding");
        String histogram = (String) ManagementFactory.getPlatformMBeanServer().invoke(
                new ObjectName("com.sun.management:type=DiagnosticCommand"),
                "gcClassHistogram",
                new Object[] {new String[0]},
                new String[] {String[].class.getName()});
        Map<String, Integer> left = new TreeMap<>();
        histogram.lines().map(line -> line.trim().split("\\s+")).filter(line -> line.length >= 4 && shortLived.contains(line[3]))
                .forEach(line -> left.put(line[3], Integer.parseInt(line[1])));
        return left;
    }

    private static long usedMib() throws Exception {
        leftOnHeap();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / MIB;
    }
}
