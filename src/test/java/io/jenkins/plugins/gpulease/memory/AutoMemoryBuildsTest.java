package io.jenkins.plugins.gpulease.memory;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import hudson.model.FreeStyleProject;
import hudson.model.Job;
import hudson.model.Result;
import io.jenkins.plugins.gpulease.Builds;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import io.jenkins.plugins.gpulease.ScriptedCustodian;
import io.jenkins.plugins.gpulease.agent.GpuNodeProperty;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.lease.Custodian.Returned;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.usage.AutoMemory;
import io.jenkins.plugins.gpulease.engine.usage.DeviceUsage;
import io.jenkins.plugins.gpulease.engine.usage.LeaseUsage;
import io.jenkins.plugins.gpulease.engine.usage.PeakLesson;
import io.jenkins.plugins.gpulease.wrapper.GpuBuildWrapper;
import java.io.File;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.JenkinsSessionRule;

/** What builds learn from earlier ones; the custodian says what they used. */
public class AutoMemoryBuildsTest {

    private static final String AUTO = "node { stage('Train') { gpu(minMemory: 'auto') { } } }";

    @Rule
    public final JenkinsSessionRule sessions = new JenkinsSessionRule();

    private String peak = "6 GB";

    private interface Session {
        void run(JenkinsRule jenkins) throws Throwable;
    }

    private void session(Session session) throws Throwable {
        sessions.then(jenkins -> {
            GpuTestNodes.simulateBuiltIn(jenkins, "1xH100:80GB,1xT4:16GB");
            try (ScriptedCustodian custodian = new ScriptedCustodian(this::used)) {
                session.run(jenkins);
            }
        });
    }

    private Returned used(Lease lease) {
        MemorySize memory = MemorySize.parse(peak);
        List<DeviceUsage> devices = lease.uuids().stream()
                .map(uuid -> new DeviceUsage(uuid, 9, memory, memory, 90, 90, null, 0, List.of()))
                .toList();
        return new Returned(ScriptedCustodian.clean(lease).verdicts(), new LeaseUsage(Duration.ofSeconds(9), devices));
    }

    private static String build(JenkinsRule jenkins, WorkflowJob job) throws Exception {
        return Builds.log(jenkins.buildAndAssertSuccess(job));
    }

    private static WorkflowJob job(JenkinsRule jenkins, String script) throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class, "p");
        job.setDefinition(new CpsFlowDefinition(script, true));
        return job;
    }

    private static List<PeakLesson> lessons(Job<?, ?> job, String block) {
        return LearnedMemory.get().lessons(job, block);
    }

    @Test
    public void threeBuildsTeachTheFourthAlsoAfterARestart() throws Throwable {
        session(jenkins -> {
            WorkflowJob job = job(jenkins, AUTO);
            assertThat(build(jenkins, job), containsString(
                    "GPU lease: minMemory 'auto' asks for no memory until 3 builds with this block have succeeded (0 so far)"));
            peak = "6.1 GB";
            build(jenkins, job);
            peak = "6 GB";
            assertThat(build(jenkins, job), containsString("(2 so far)"));
        });
        session(jenkins -> {
            String log = build(jenkins, jenkins.jenkins.getItemByFullName("p", WorkflowJob.class));
            assertThat(log, containsString("GPU lease: minMemory 'auto' is 7.4 GB: the last 3 builds that succeeded (#1 to #3) used at most"
                    + " 6.1 GB in this block (#2), and up to 20 % are added"));
            assertThat(log, containsString("GPU lease: asked for 1 GPU with at least 7.4 GB on built-in"));
        });
    }

    @Test
    public void whatIsLearnedChoosesTheCard() throws Throwable {
        session(jenkins -> {
            peak = "30 GB";
            WorkflowJob job = job(jenkins, "node { gpu(model: 'H100') { } }");
            for (int i = 0; i < 3; i++) {
                build(jenkins, job);
            }
            job.setDefinition(new CpsFlowDefinition("node { gpu(minMemory: 'auto') { echo \"on ${env.GPU_MODEL}\" } }", true));

            assertThat(build(jenkins, job), containsString("on Simulated NVIDIA H100"));
        });
    }

    @Test
    public void onlyBuildsThatSucceedTeachAndEachBlockForItself() throws Throwable {
        session(jenkins -> {
            WorkflowJob job = job(jenkins, "node { stage('a') { gpu { } }; stage('b') { parallel(c: { gpu { } }) }; gpu { } }");
            build(jenkins, job);
            job.setDefinition(new CpsFlowDefinition("node { stage('a') { gpu { } }; error 'no' }", true));
            jenkins.buildAndAssertStatus(Result.FAILURE, job);
            job.setDefinition(new CpsFlowDefinition("node { stage('a') { gpu { } }; currentBuild.result = 'UNSTABLE' }", true));
            jenkins.buildAndAssertStatus(Result.UNSTABLE, job);

            for (String block : List.of("a", "b / c", "")) {
                assertEquals(block, List.of(1), lessons(job, block).stream().map(PeakLesson::build).toList());
            }
            assertEquals(List.of(), lessons(job, "b"));
        });
    }

    @Test
    public void untilThenTheDefaultCounts() throws Throwable {
        session(jenkins -> {
            LearnedMemory.get().set(new AutoMemory(MemorySize.parse("20 GB"), 20, 10));

            assertThat(build(jenkins, job(jenkins, AUTO)), containsString(
                    "minMemory 'auto' is 20 GB, the default, until 3 builds with this block have succeeded (0 so far)"));
        });
    }

    @Test
    public void theDefaultOfTheNodeCountsBeforeThatOfTheController() throws Throwable {
        session(jenkins -> {
            LearnedMemory.get().set(new AutoMemory(MemorySize.parse("20 GB"), 20, 10));
            ofBuiltIn(jenkins, "12 GB");
            WorkflowJob job = job(jenkins, AUTO);
            for (int i = 0; i < 3; i++) {
                assertThat(build(jenkins, job), containsString("minMemory 'auto' is 12 GB, the default of built-in, until 3 builds with"
                        + " this block have succeeded (" + i + " so far)"));
            }
            assertThat(build(jenkins, job), containsString("minMemory 'auto' is 7.2 GB: the last 3 builds that succeeded"));
        });
    }

    @Test
    public void aBlockAroundItsNodeAsksForTheDefaultOfTheController() throws Throwable {
        session(jenkins -> {
            LearnedMemory.get().set(new AutoMemory(MemorySize.parse("20 GB"), 20, 10));
            ofBuiltIn(jenkins, "12 GB");

            assertThat(build(jenkins, job(jenkins, "gpu(minMemory: 'auto') { node { } }")),
                    containsString("minMemory 'auto' is 20 GB, the default, until"));
        });
    }

    @Test
    public void aWrapperInAPipelineAsksForTheDefaultOfItsNode() throws Throwable {
        session(jenkins -> {
            ofBuiltIn(jenkins, "12 GB");

            assertThat(build(jenkins, job(jenkins, "node { wrap([$class: 'GpuBuildWrapper', minMemory: 'auto']) { } }")),
                    containsString("minMemory 'auto' is 12 GB, the default of built-in, until"));
        });
    }

    private static void ofBuiltIn(JenkinsRule jenkins, String fallback) throws Exception {
        GpuNodeProperty property = GpuTestNodes.simulated("1xH100:80GB,1xT4:16GB");
        property.setAutoMemoryFallback(fallback);
        GpuTestNodes.configure(jenkins.jenkins, property);
    }

    @Test
    public void aSharedBlockHasItsGpuForItselfUntilItHasABudget() throws Throwable {
        session(jenkins -> {
            WorkflowJob job = job(jenkins, "node { gpu(minMemory: 'auto', shared: true) { } }");
            for (int i = 0; i < 3; i++) {
                String log = build(jenkins, job);
                assertThat(log, containsString("asked for 1 GPU on"));
            }
            assertThat(build(jenkins, job), containsString("asked for 1 shared GPU with at least 7.2 GB on"));
        });
    }

    @Test
    public void aBlockAroundItsNodeLearnsAsWell() throws Throwable {
        session(jenkins -> {
            WorkflowJob job = job(jenkins, "stage('Train') { gpu(minMemory: 'auto') { node { } } }");
            for (int i = 0; i < 3; i++) {
                build(jenkins, job);
            }
            assertThat(build(jenkins, job), containsString("asked for 1 GPU with at least 7.2 GB on any node"));
        });
    }

    @Test
    public void freestyleBuildsLearnAsWell() throws Throwable {
        session(jenkins -> {
            FreeStyleProject job = jenkins.createFreeStyleProject("f");
            GpuBuildWrapper wrapper = new GpuBuildWrapper();
            wrapper.setMinMemory("auto");
            job.getBuildWrappersList().add(wrapper);
            for (int i = 0; i < 3; i++) {
                jenkins.assertLogContains("until 3 builds with this block have succeeded", jenkins.buildAndAssertSuccess(job));
            }
            jenkins.assertLogContains("minMemory 'auto' is 7.2 GB", jenkins.buildAndAssertSuccess(job));
        });
    }

    @Test
    public void whatIsLearnedIsDeletedWithTheJob() throws Throwable {
        session(jenkins -> {
            WorkflowJob job = job(jenkins, AUTO);
            build(jenkins, job);
            File file = new File(job.getRootDir(), JobMemory.FILE);
            assertTrue(file.exists());

            job.delete();
            assertFalse(file.exists());
            assertThat(build(jenkins, job(jenkins, AUTO)), containsString("(0 so far)"));
        });
    }

    @Test
    public void aBrokenFileIsLearnedAnew() throws Throwable {
        session(jenkins -> {
            WorkflowJob job = job(jenkins, AUTO);
            Files.writeString(new File(job.getRootDir(), JobMemory.FILE).toPath(), "<oops");
            WorkflowRun run = jenkins.buildAndAssertSuccess(job);

            assertThat(Builds.log(run), containsString("(0 so far)"));
            assertEquals(1, lessons(job, "Train").size());
        });
    }

    @Test
    public void aJobWithoutGpusHasNoFile() throws Throwable {
        session(jenkins -> {
            WorkflowJob job = job(jenkins, "echo 'nothing'");
            assertThat(build(jenkins, job), not(containsString("GPU lease")));
            assertFalse(new File(job.getRootDir(), JobMemory.FILE).exists());
        });
    }
}
