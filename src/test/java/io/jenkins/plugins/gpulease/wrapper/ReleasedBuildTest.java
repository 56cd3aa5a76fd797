package io.jenkins.plugins.gpulease.wrapper;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.Assert.assertEquals;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Item;
import hudson.model.Queue;
import hudson.model.Result;
import io.jenkins.plugins.gpulease.Builds;
import io.jenkins.plugins.gpulease.Eventually;
import io.jenkins.plugins.gpulease.GpuPermissions;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import io.jenkins.plugins.gpulease.HeldBuilder;
import io.jenkins.plugins.gpulease.engine.lease.DeviceState;
import java.net.URL;
import java.util.logging.Level;
import jenkins.model.Jenkins;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.htmlunit.WebResponse;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.test.steps.SemaphoreStep;
import org.junit.After;
import org.junit.Before;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.JenkinsRule.WebClient;
import org.jvnet.hudson.test.LoggerRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;

/** What people do on the page "GPUs" about builds that have their GPUs through the wrapper. */
public class ReleasedBuildTest {

    @ClassRule
    public static final BuildWatcher WATCHER = new BuildWatcher();

    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    @Rule
    public final LoggerRule logged = new LoggerRule().record("io.jenkins.plugins.gpulease.dashboard", Level.INFO).capture(100);

    @BeforeClass
    public static void usersAndAnExecutor() throws Exception {
        JENKINS.jenkins.setSecurityRealm(JENKINS.createDummySecurityRealm());
        JENKINS.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ, Item.READ).everywhere().toEveryone()
                .grant(GpuPermissions.MANAGE).everywhere().to("alice"));
        JENKINS.jenkins.setQuietPeriod(0);
        JENKINS.jenkins.setNumExecutors(4);
    }

    @Before
    public void oneGpu() throws Exception {
        GpuTestNodes.simulateBuiltIn(JENKINS, "1xH100:80GB");
    }

    @After
    public void nothingIsLeft() throws Exception {
        HeldBuilder.openAll();
        Eventually.awaitNoLeaseAndNoWaiter();
        Eventually.await("the queue is empty", () -> Queue.getInstance().getItems().length == 0);
    }

    private static void post(String action) throws Exception {
        try (WebClient client = JENKINS.createWebClient().withThrowExceptionOnFailingStatusCode(false)) {
            WebRequest request = new WebRequest(new URL(JENKINS.getURL(), "gpu-leases/" + action), HttpMethod.POST);
            WebResponse response = client.withBasicApiToken("alice").getPage(request).getWebResponse();
            assertEquals(response.getContentAsString(), 200, response.getStatusCode());
        }
    }

    private static String lease() {
        return GpuTestNodes.view(JENKINS.jenkins).leases().get(0).id();
    }

    private static FreeStyleProject project(String gate) throws Exception {
        FreeStyleProject project = JENKINS.createFreeStyleProject();
        project.getBuildWrappersList().add(new GpuBuildWrapper());
        project.getBuildersList().add(new HeldBuilder(gate));
        return project;
    }

    private static FreeStyleBuild held(FreeStyleProject project, String gate) throws Exception {
        FreeStyleBuild build = project.scheduleBuild2(0).waitForStart();
        JENKINS.waitForMessage("held by " + gate, build);
        return build;
    }

    @Test
    public void aBuildWhoseLeaseIsReleasedIsAbortedAndBothLogsSayByWhom() throws Exception {
        FreeStyleBuild build = held(project("released"), "released");

        post("release?lease=" + lease());

        JENKINS.assertBuildStatus(Result.ABORTED, JENKINS.waitForCompletion(build));
        JENKINS.assertLogContains("alice released the GPUs", build);
        JENKINS.assertLogContains("GPU lease: returned 1 GPU of built-in", build);
        assertThat(logged.getMessages(), hasItem(startsWith("alice on built-in: released a lease of 1 GPU [" + build.getFullDisplayName())));
    }

    @Test
    public void aPipelineWhoseWrapperLosesItsLeaseIsAborted() throws Exception {
        WorkflowRun build = Builds.start(JENKINS, "node { wrap([$class: 'GpuBuildWrapper']) { semaphore 'wrapped' } }");
        SemaphoreStep.waitForStart("wrapped/1", build);

        post("release?lease=" + lease());

        JENKINS.assertBuildStatus(Result.ABORTED, JENKINS.waitForCompletion(build));
        assertThat(Builds.log(build), containsString("alice released the GPUs"));
    }

    @Test
    public void aBuildGoesOnWithADrainedGpuAndWhoWaitsInTheQueueReadsWhyItIsDrained() throws Exception {
        FreeStyleBuild build = held(project("drained"), "drained");
        FreeStyleProject next = project("next");
        next.scheduleBuild2(0);
        Eventually.await("it waits", () -> Eventually.waiters() == 1);
        String uuid = GpuTestNodes.view(JENKINS.jenkins).inventory().devices().get(0).uuid();

        post("drain?reason=fan+is+loud&device=" + uuid);
        HeldBuilder.open("drained");

        JENKINS.assertBuildStatusSuccess(JENKINS.waitForCompletion(build));
        Eventually.await("it is drained", () -> GpuTestNodes.view(JENKINS.jenkins).count(DeviceState.DRAINED) == 1);
        Eventually.await("it says why", () -> next.getQueueItem().getWhy().contains("1 drained: fan is loud (alice)"));
        assertThat(logged.getMessages(), hasItem(startsWith("alice on built-in: drained GPU 0")));

        HeldBuilder.open("next");
        post("undrain?device=" + uuid);
        Eventually.await("it has started", () -> next.getLastBuild() != null);
        JENKINS.assertBuildStatusSuccess(JENKINS.waitForCompletion(next.getLastBuild()));
    }
}
