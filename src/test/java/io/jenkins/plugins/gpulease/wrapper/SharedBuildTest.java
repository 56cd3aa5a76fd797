package io.jenkins.plugins.gpulease.wrapper;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;
import static org.junit.Assume.assumeTrue;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Node;
import hudson.model.Result;
import hudson.tasks.Shell;
import io.jenkins.plugins.gpulease.Eventually;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import io.jenkins.plugins.gpulease.SharedLoads;
import io.jenkins.plugins.gpulease.agent.GpuNodeProperty;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.After;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

/** Freestyle builds that share a GPU of 16 GB on a node that enforces budgets. */
public class SharedBuildTest {

    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    private static Node agent;

    @BeforeClass
    public static void anAgent() throws Exception {
        agent = GpuTestNodes.simulatedAgent(JENKINS, "sharer", "1xT4:16GB", "sharer", 4);
        GpuNodeProperty property = GpuTestNodes.simulated("1xT4:16GB");
        property.setFailOverBudget(true);
        GpuTestNodes.configure(agent, property);
    }

    @After
    public void nothingIsLeft() throws Exception {
        Eventually.awaitNoLeaseAndNoWaiter();
    }

    private static FreeStyleBuild using(String memory, Path file) throws Exception {
        FreeStyleProject project = JENKINS.createFreeStyleProject();
        GpuBuildWrapper wrapper = new GpuBuildWrapper();
        wrapper.setMinMemory("6 GB");
        wrapper.setShared(true);
        project.getBuildWrappersList().add(wrapper);
        project.setAssignedNode(agent);
        project.getBuildersList().add(new Shell(
                "echo limit=$GPU_MEMORY_LIMIT_MIB; " + SharedLoads.on(agent).untilFile(memory, file.toString())));
        FreeStyleBuild build = project.scheduleBuild2(0).waitForStart();
        JENKINS.waitForMessage("in use", build);
        return build;
    }

    @Test
    public void onlyTheBuildThatExceedsItsBudgetFails() throws Exception {
        assumeTrue("Whose a process is can be told on Linux only", Files.isDirectory(Path.of("/proc/self")));
        Path end = JENKINS.createTmpDir().toPath().resolve("end");
        FreeStyleBuild good = using("3GB", end);
        FreeStyleBuild greedy = using("8GB", end);

        JENKINS.assertBuildStatus(Result.FAILURE, JENKINS.waitForCompletion(greedy));

        String log = JenkinsRule.getLog(greedy);
        assertThat(log, containsString("limit=5722"));
        assertThat(log, containsString("shared with " + good.getFullDisplayName() + " (6 GB)"));
        assertThat(log, containsString("GPU lease: WARNING the programs of this lease use 8 GB of GPU 0 on sharer"));
        assertThat(log, containsString("The GPU lease of " + greedy.getFullDisplayName() + " uses 8 GB of GPU 0 on sharer"));

        Files.createFile(end);
        JENKINS.assertBuildStatusSuccess(JENKINS.waitForCompletion(good));
        assertThat(JenkinsRule.getLog(good), not(containsString("WARNING")));
    }
}
