package io.jenkins.plugins.gpulease.lifecycle;

import static io.jenkins.plugins.gpulease.Builds.log;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;
import static org.junit.Assert.assertEquals;

import hudson.model.Queue;
import hudson.model.Result;
import io.jenkins.plugins.gpulease.Builds;
import io.jenkins.plugins.gpulease.Eventually;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.steps.BodyExecutionCallback;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.jenkinsci.plugins.workflow.test.steps.SemaphoreStep;
import org.junit.After;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.JenkinsSessionRule;
import org.jvnet.hudson.test.TestExtension;
import org.kohsuke.stapler.DataBoundConstructor;

/** Pipelines that take longer to resume than GPUs are held back for them. */
public class LateResumptionTest {

    private static volatile CountDownLatch resume = new CountDownLatch(0);

    @Rule
    public final JenkinsSessionRule sessions = new JenkinsSessionRule();

    @After
    public void beQuickAgain() {
        resume.countDown();
        Resumption.setPatience(Duration.ofMinutes(5));
    }

    private void restartWhileTheItemIsQueued() throws Throwable {
        sessions.then(jenkins -> {
            GpuTestNodes.simulateBuiltIn(jenkins, "1xH100:80GB");
            jenkins.jenkins.setNumExecutors(4);
            WorkflowRun holder = start(jenkins, "holder", "node('built-in') { gpu { semaphore 'holder' } }");
            SemaphoreStep.waitForStart("holder/1", holder);
            WorkflowRun late = start(
                    jenkins, "late", "lateBlock { gpu { node('built-in') { echo \"gpus=${env.GPU_COUNT} of ${env.GPU_NODE}\" } } }");
            jenkins.waitForMessage("GPU lease: waiting on", late);
        });
        resume = new CountDownLatch(1);
        Resumption.setPatience(Duration.ofMillis(1));
    }

    @Test
    public void itsItemNeverStartsWithoutItsGpus() throws Throwable {
        restartWhileTheItemIsQueued();
        sessions.then(jenkins -> {
            SemaphoreStep.success("holder/1", null);
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build(jenkins, "holder")));
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(
                    start(jenkins, "other", "gpu { node('built-in') { echo 'served meanwhile' } }")));
            Queue.getInstance().maintain();
            WorkflowRun late = build(jenkins, "late");
            assertThat(log(late), not(containsString("gpus=")));
            assertEquals(1, Queue.getInstance().getItems().length);

            resume.countDown();
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(late));
            assertThat(log(late), containsString("gpus=1 of built-in"));
            Eventually.awaitNoLeaseAndNoWaiter();
        });
    }

    @Test
    public void itsItemGoesWithItsBuild() throws Throwable {
        restartWhileTheItemIsQueued();
        sessions.then(jenkins -> {
            SemaphoreStep.success("holder/1", null);
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build(jenkins, "holder")));
            WorkflowRun late = build(jenkins, "late");
            late.doKill();

            jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(late));
            Eventually.await("the queue is empty", () -> Queue.getInstance().getItems().length == 0);
            assertThat(log(late), not(containsString("gpus=")));
            resume.countDown();
            Eventually.awaitNoLeaseAndNoWaiter();
        });
    }

    private static WorkflowRun start(JenkinsRule jenkins, String name, String script) throws Exception {
        WorkflowJob job = Builds.job(jenkins, script);
        job.renameTo(name);
        return job.scheduleBuild2(0).waitForStart();
    }

    private static WorkflowRun build(JenkinsRule jenkins, String name) {
        return jenkins.jenkins.getItemByFullName(name, WorkflowJob.class).getBuildByNumber(1);
    }

    /** A block that takes its time to resume; what is in it resumes after it. */
    public static final class LateBlock extends Step {

        @DataBoundConstructor
        public LateBlock() {
            // has no parameters
        }

        @Override
        public StepExecution start(StepContext context) {
            return new Execution(context);
        }

        private static final class Execution extends StepExecution {
            private static final long serialVersionUID = 1L;

            Execution(StepContext context) {
                super(context);
            }

            @Override
            public boolean start() {
                getContext().newBodyInvoker().withCallback(BodyExecutionCallback.wrap(getContext())).start();
                return false;
            }

            @Override
            public void onResume() {
                try {
                    resume.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        @TestExtension
        public static final class DescriptorImpl extends StepDescriptor {
            @Override
            public String getFunctionName() {
                return "lateBlock";
            }

            @Override
            public boolean takesImplicitBlockArgument() {
                return true;
            }

            @Override
            public Set<? extends Class<?>> getRequiredContext() {
                return Set.of();
            }
        }
    }
}
