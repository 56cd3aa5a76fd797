package io.jenkins.plugins.gpulease.pipeline;

import static io.jenkins.plugins.gpulease.Builds.log;
import static io.jenkins.plugins.gpulease.Builds.start;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assume.assumeTrue;

import hudson.model.Node;
import hudson.model.Result;
import io.jenkins.plugins.gpulease.Builds;
import io.jenkins.plugins.gpulease.Eventually;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import io.jenkins.plugins.gpulease.SharedLoads;
import io.jenkins.plugins.gpulease.agent.GpuNodeProperty;
import io.jenkins.plugins.gpulease.engine.lease.DeviceView;
import io.jenkins.plugins.gpulease.engine.lease.Sharing;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.test.steps.SemaphoreStep;
import org.junit.After;
import org.junit.Before;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;

/** Blocks that share a GPU within budgets: the agent has one of 16 GB, of which 512 MiB are not promised. */
public class SharedGpuTest {

    private static final String AGENT = "sharer";
    private static final String ALONE = "nobody else shares it now";

    @ClassRule
    public static final BuildWatcher WATCHER = new BuildWatcher();

    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    private static Node agent;

    @BeforeClass
    public static void anAgent() throws Exception {
        agent = GpuTestNodes.simulatedAgent(JENKINS, AGENT, "1xT4:16GB", "", 6);
    }

    @Before
    public void budgetsAreWarnedOf() throws Exception {
        configure(false);
    }

    @After
    public void nothingIsLeft() throws Exception {
        Eventually.awaitNoLeaseAndNoWaiter();
    }

    private static void configure(boolean failOverBudget) throws Exception {
        GpuNodeProperty property = GpuTestNodes.simulated("1xT4:16GB");
        property.setFailOverBudget(failOverBudget);
        GpuTestNodes.configure(agent, property);
    }

    private static WorkflowRun inNode(String block) throws Exception {
        return start(JENKINS, "node('" + AGENT + "') { " + block + " }");
    }

    /** A block that holds its share until its semaphore is released. */
    private static WorkflowRun holding(String name, String budget) throws Exception {
        WorkflowRun build = inNode("gpu(minMemory: '" + budget + "', shared: true) { semaphore '" + name + "' }");
        SemaphoreStep.waitForStart(name + "/1", build);
        return build;
    }

    private static void end(String name, WorkflowRun build) throws Exception {
        SemaphoreStep.success(name + "/1", null);
        JENKINS.assertBuildStatusSuccess(JENKINS.waitForCompletion(build));
    }

    private static DeviceView device() {
        return GpuTestNodes.view(agent).devices().get(0);
    }

    // ---- together

    @Test
    public void twoBuildsShareAGpuAndTheThirdWaitsForItsShare() throws Exception {
        WorkflowRun first = holding("together-1", "6 GB");
        WorkflowRun second = holding("together-2", "6 GB");
        WorkflowRun third = inNode("gpu(minMemory: '6 GB', shared: true) { echo 'third runs' }");
        JENKINS.waitForMessage("12 GB of 16 GB promised", third);

        Sharing sharing = device().sharing();
        assertEquals(2, sharing.leases().size());
        assertThat(log(first), containsString("GPU lease: granted 1 shared GPU with 6 GB on sharer"));
        assertThat(log(first), containsString("GPU 0: 6 GB of its 16 GB are the budget of this lease; " + ALONE));
        assertThat(log(second), containsString("shared with " + first.getFullDisplayName() + " (6 GB)"));
        assertThat(log(third), containsString("asked for 1 shared GPU with at least 6 GB on sharer"));
        assertThat(log(third), not(containsString("third runs")));

        end("together-1", first);
        JENKINS.assertBuildStatusSuccess(JENKINS.waitForCompletion(third));
        assertThat(log(third), containsString("shared with " + second.getFullDisplayName() + " (6 GB)"));
        end("together-2", second);
    }

    @Test
    public void aBlockKnowsItsBudget() throws Exception {
        WorkflowRun build = Builds.succeed(
                JENKINS,
                "node('sharer') { gpu(minMemory: '6 GB', shared: true) { sh 'echo limit=$GPU_MEMORY_LIMIT_MIB' } \n"
                        + "gpu(minMemory: '6 GB') { echo \"limit is ${env.GPU_MEMORY_LIMIT_MIB}\" } }");

        assertThat(log(build), containsString("limit=5722")); // 6e9 / 2^20, rounded down
        assertThat(log(build), containsString("limit is null"));
    }

    @Test
    public void whereTheDaemonOfMpsRunsCudaKnowsTheBudgetToo() throws Exception {
        assumeTrue("Processes are found on Linux only", Files.isDirectory(Path.of("/proc/self")));
        String shared = "node('sharer') { gpu(minMemory: '6 GB', shared: true) { echo \"mps=${env.CUDA_MPS_PINNED_DEVICE_MEM_LIMIT}\" } }";
        Process daemon = new ProcessBuilder("bash", "-c", "exec -a nvidia-cuda-mps-control sleep 300").start();
        try {
            Path words = Path.of("/proc/" + daemon.pid() + "/cmdline");
            Eventually.await("it has the daemon's name", () -> Files.readString(words).startsWith("nvidia-cuda-mps-control"));
            assertThat(log(Builds.succeed(JENKINS, shared)), containsString("mps=0=5722M"));
        } finally {
            daemon.destroyForcibly().waitFor();
        }
    }

    @Test
    public void blocksAroundNodeShareToo() throws Exception {
        String block = "gpu(minMemory: '6 GB', shared: true) { node('sharer') { echo \"limit=${env.GPU_MEMORY_LIMIT_MIB}\"; semaphore '%s' } }";
        WorkflowRun first = start(JENKINS, block.formatted("around-1"));
        SemaphoreStep.waitForStart("around-1/1", first);
        WorkflowRun second = start(JENKINS, block.formatted("around-2"));
        SemaphoreStep.waitForStart("around-2/1", second);
        WorkflowRun third = start(JENKINS, "gpu(minMemory: '6 GB', shared: true) { node('sharer') { echo 'third runs' } }");
        JENKINS.waitForMessage("GPU lease: waiting on any node", third);

        assertEquals(2, device().sharing().leases().size());
        assertThat(log(second), containsString("limit=5722"));
        assertThat(log(second), containsString("shared with " + first.getFullDisplayName()));

        end("around-1", first);
        JENKINS.assertBuildStatusSuccess(JENKINS.waitForCompletion(third));
        end("around-2", second);
    }

    @Test
    public void whoWantsAGpuForItselfNeverSharesIt() throws Exception {
        WorkflowRun sharing = holding("mixed-1", "1 GB");
        WorkflowRun whole = inNode("gpu { semaphore 'mixed-2' }");
        JENKINS.waitForMessage("1 GB of 16 GB promised", whole);
        end("mixed-1", sharing);
        SemaphoreStep.waitForStart("mixed-2/1", whole);
        WorkflowRun late = inNode("gpu(minMemory: '1 GB', shared: true) { echo 'late' }");
        JENKINS.waitForMessage("GPU lease: waiting on sharer", late);
        assertNull(device().sharing());
        end("mixed-2", whole);
        JENKINS.assertBuildStatusSuccess(JENKINS.waitForCompletion(late));
    }

    @Test
    public void nothingIsTakenOutOfASharedLease() throws Exception {
        WorkflowRun inner = inNode("gpu(minMemory: '1 GB', shared: true) { gpu { } }");
        JENKINS.assertBuildStatus(Result.FAILURE, JENKINS.waitForCompletion(inner));
        assertThat(log(inner), containsString("The enclosing lease shares its GPUs with others"));

        WorkflowRun outer = inNode("gpu { gpu(minMemory: '1 GB', shared: true) { } }");
        JENKINS.assertBuildStatus(Result.FAILURE, JENKINS.waitForCompletion(outer));
        assertThat(log(outer), containsString("leave out shared in the inner block"));
    }

    @Test
    public void whatContradictsSharingIsNamed() throws Exception {
        WorkflowRun endless = inNode("gpu(shared: true) { }");
        JENKINS.assertBuildStatus(Result.FAILURE, JENKINS.waitForCompletion(endless));
        assertThat(log(endless), containsString("gpu: shared is true without minMemory"));

        WorkflowRun all = inNode("gpu(shared: true, minMemory: '1 GB', count: 'all') { }");
        JENKINS.assertBuildStatus(Result.FAILURE, JENKINS.waitForCompletion(all));
        assertThat(log(all), containsString("gpu: shared is true with count 'all'; allowed is a number"));
    }

    // ---- budgets

    /** Uses memory in a block of its own until its file is there. */
    private static WorkflowRun using(String memory, String budget, Path file) throws Exception {
        assumeTrue("Whose a process is can be told on Linux only", Files.isDirectory(Path.of("/proc/self")));
        String script = SharedLoads.on(agent).untilFile(memory, file.toString());
        WorkflowRun build = inNode("gpu(minMemory: '" + budget + "', shared: true) { sh '''" + script + "''' }");
        JENKINS.waitForMessage("in use", build);
        return build;
    }

    private static Path noFile() throws Exception {
        return JENKINS.createTmpDir().toPath().resolve("end");
    }

    @Test
    public void whoExceedsItsBudgetIsWarnedWithNumbersAndItsNeighbourIsNot() throws Exception {
        Path end = noFile();
        WorkflowRun good = using("3GB", "6 GB", end);
        WorkflowRun greedy = using("8GB", "6 GB", end);

        JENKINS.waitForMessage("GPU lease: WARNING the programs of this lease use 8 GB of GPU 0 on sharer", greedy);
        assertThat(log(greedy), containsString("more than their budget (minMemory) of 6 GB: pid "));

        Files.createFile(end);
        JENKINS.assertBuildStatusSuccess(JENKINS.waitForCompletion(greedy));
        JENKINS.assertBuildStatusSuccess(JENKINS.waitForCompletion(good));
        assertThat(log(good), not(containsString("WARNING")));
        assertThat(log(good), containsString("of its budget of 6 GB"));
    }

    @Test
    public void whereBudgetsAreEnforcedOnlyTheOneThatExceedsItsOwnFails() throws Exception {
        configure(true);
        Path end = noFile();
        WorkflowRun good = using("3GB", "6 GB", end);
        WorkflowRun greedy = using("8GB", "6 GB", end);

        JENKINS.assertBuildStatus(Result.FAILURE, JENKINS.waitForCompletion(greedy));

        assertThat(log(greedy), containsString("GPU lease: WARNING the programs of this lease use"));
        assertThat(log(greedy), containsString(
                "ERROR: The GPU lease of " + greedy.getFullDisplayName() + " uses 8 GB of GPU 0 on sharer, more than its budget"
                        + " (minMemory) of 6 GB: pid "));
        assertThat(log(greedy), containsString("GPU lease: returned 1 shared GPU with 6 GB of sharer"));
        assertEquals("the neighbour goes on", 1, device().sharing().leases().size());
        assertFalse(Files.exists(end));

        Files.createFile(end);
        JENKINS.assertBuildStatusSuccess(JENKINS.waitForCompletion(good));
    }

    @Test
    public void aBodyThatTakesItForASuccessFailsAllTheSame() throws Exception {
        configure(true);
        assumeTrue("Whose a process is can be told on Linux only", Files.isDirectory(Path.of("/proc/self")));
        String script = SharedLoads.on(agent).defiant("8GB");
        WorkflowRun build = start(
                JENKINS, "gpu(minMemory: '6 GB', shared: true) { node('sharer') { sh '''" + script + "''' } }");

        JENKINS.assertBuildStatus(Result.FAILURE, JENKINS.waitForCompletion(build));

        assertThat(log(build), containsString("is configured to fail for that; use less memory, or ask for more"));
    }
}
