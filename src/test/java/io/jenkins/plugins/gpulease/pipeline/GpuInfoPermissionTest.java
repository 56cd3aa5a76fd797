package io.jenkins.plugins.gpulease.pipeline;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;

import hudson.model.Computer;
import hudson.model.Item;
import hudson.model.Result;
import hudson.model.User;
import io.jenkins.plugins.gpulease.Builds;
import io.jenkins.plugins.gpulease.Eventually;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import jenkins.model.Jenkins;
import jenkins.security.QueueItemAuthenticatorConfiguration;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.test.steps.SemaphoreStep;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.MockQueueItemAuthenticator;

/** What {@code gpuInfo} tells builds that run as users who may do less than Jenkins itself. */
public class GpuInfoPermissionTest {

    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    @BeforeClass
    public static void jobsThatRunAsSomebody() throws Exception {
        GpuTestNodes.simulatedAgent(JENKINS, "gpu-agent", "1xH100:80GB");
        JENKINS.jenkins.setSecurityRealm(JENKINS.createDummySecurityRealm());
        WorkflowJob secret = JENKINS.createProject(WorkflowJob.class, "secret");
        JENKINS.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ).everywhere().toEveryone()
                .grant(Computer.BUILD).everywhere().to("builder", "owner")
                .grant(Item.READ).onItems(secret).to("owner"));
        QueueItemAuthenticatorConfiguration.get().getAuthenticators().add(new MockQueueItemAuthenticator()
                .authenticate("secret", User.getById("owner", true).impersonate2())
                .authenticate("of-builder", User.getById("builder", true).impersonate2())
                .authenticate("of-stranger", User.getById("stranger", true).impersonate2()));
    }

    private static WorkflowJob job(String name, String script) throws Exception {
        WorkflowJob job = (WorkflowJob) JENKINS.jenkins.getItem(name);
        WorkflowJob known = job == null ? JENKINS.createProject(WorkflowJob.class, name) : job;
        known.setDefinition(new CpsFlowDefinition(script, true));
        return known;
    }

    @Test
    public void whoMayNotBuildOnTheNodeIsToldSoAndNothingElse() throws Exception {
        WorkflowRun build = JENKINS.buildAndAssertStatus(Result.FAILURE, job("of-stranger", "echo gpuInfo(node: 'gpu-agent').toString()"));

        assertThat(Builds.log(build), containsString("gpuInfo: node is 'gpu-agent'; allowed is the name of a node that exists, and on which"
                + " stranger, as whom this build runs, has the permission Agent/Build"));
        assertThat(Builds.log(build), not(containsString("H100")));
    }

    @Test
    public void whoMayBuildThereReadsTheDevicesButNotWhoHasThem() throws Exception {
        WorkflowRun holder = job("secret", "node('gpu-agent') { gpu { semaphore 'held' } }").scheduleBuild2(0).waitForStart();
        SemaphoreStep.waitForStart("held/1", holder);

        WorkflowRun build = JENKINS.buildAndAssertSuccess(job("of-builder", "echo gpuInfo(node: 'gpu-agent').toString()"));

        assertThat(Builds.log(build), containsString("model:Simulated NVIDIA H100"));
        assertThat(Builds.log(build), containsString("state:leased"));
        assertThat(Builds.log(build), not(containsString("secret")));
        SemaphoreStep.success("held/1", null);
        JENKINS.assertBuildStatusSuccess(JENKINS.waitForCompletion(holder));
        Eventually.awaitNoLeaseAndNoWaiter();
    }
}
