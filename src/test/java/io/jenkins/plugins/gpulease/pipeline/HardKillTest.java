package io.jenkins.plugins.gpulease.pipeline;

import static io.jenkins.plugins.gpulease.Builds.start;
import static org.junit.Assert.assertEquals;

import hudson.model.Computer;
import hudson.model.Executor;
import io.jenkins.plugins.gpulease.Eventually;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.test.steps.SemaphoreStep;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

/** A build that is killed the hard way in a node: Pipeline may leave the executor busy, with GPUs as without. */
public class HardKillTest {

    @Rule
    public final JenkinsRule jenkins = new JenkinsRule();

    private Computer kill(String name, String script) throws Exception {
        Computer agent = GpuTestNodes.simulatedAgent(jenkins, name, "1xT4:16GB", "", 1).toComputer();
        WorkflowRun build = start(jenkins, script);
        SemaphoreStep.waitForStart(name + "/1", build);
        build.doKill();
        jenkins.waitForCompletion(build);
        Eventually.awaitNoLeaseAndNoWaiter();
        return agent;
    }

    @Test
    public void theExecutorIsAsBusyAsWithoutGpusAndCanBeStopped() throws Exception {
        Computer plain = kill("plain", "node('plain') { semaphore 'plain' }");
        Computer around = kill("around", "gpu { node('around') { semaphore 'around' } }");
        Computer inside = kill("inside", "node('inside') { gpu { semaphore 'inside' } }");

        assertEquals(plain.countBusy(), around.countBusy());
        assertEquals(plain.countBusy(), inside.countBusy());
        for (Computer agent : new Computer[] {plain, around, inside}) {
            agent.getExecutors().stream().filter(Executor::isBusy).forEach(Executor::doStop);
            Eventually.await(agent.getName() + " is free again", () -> agent.countBusy() == 0);
        }
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(start(jenkins, "gpu { node('around') { echo 'served' } }")));
        Eventually.awaitNoLeaseAndNoWaiter();
    }
}
