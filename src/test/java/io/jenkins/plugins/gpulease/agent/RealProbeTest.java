package io.jenkins.plugins.gpulease.agent;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;

import hudson.FilePath;
import hudson.model.Slave;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.host.HostLocks;
import io.jenkins.plugins.gpulease.engine.lease.GrantListener;
import io.jenkins.plugins.gpulease.engine.lease.Holder;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.lease.LeaseFailure;
import io.jenkins.plugins.gpulease.engine.lease.LeaseRequest;
import io.jenkins.plugins.gpulease.engine.lease.LeaseTable;
import io.jenkins.plugins.gpulease.engine.lease.NodeView;
import io.jenkins.plugins.gpulease.engine.nvml.FakeNvml;
import io.jenkins.plugins.gpulease.engine.nvml.NvidiaHardware;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import io.jenkins.plugins.gpulease.engine.probe.ProbeMain;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.Before;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.InboundAgentRule;
import org.jvnet.hudson.test.JenkinsRule;

/** The whole way: controller, agent in a process of its own, probe in another one, and under it the fake NVML library. */
public class RealProbeTest {

    private static final String AGENT = "gpu-agent";

    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    @ClassRule
    public static final InboundAgentRule AGENTS = new InboundAgentRule();

    @Rule
    public final FakeNvml nvml = new FakeNvml();

    private static Slave agent;

    private final AgentCustodian custodian = new AgentCustodian();
    private final String first = "GPU-" + UUID.randomUUID();
    private final String second = "GPU-" + UUID.randomUUID();

    @BeforeClass
    public static void anAgent() throws Exception {
        agent = AGENTS.createAgent(JENKINS, InboundAgentRule.Options.newBuilder().name(AGENT).build());
    }

    @Before
    public void twoGpus() throws Exception {
        nvml.world().gpu(first).numaNode(0);
        nvml.world().gpu(second).numaNode(1);
        nvml.world().write();
        useLibrary(nvml.libraryPath());
    }

    private static void useLibrary(String path) throws Exception {
        GpuNodeProperty property = new GpuNodeProperty();
        property.setLibraryPath(path);
        GpuTestNodes.configure(agent, property);
    }

    private static NodeView view() {
        return GpuTestNodes.view(agent);
    }

    private Lease lease(String id, int index) {
        Device device = view().inventory().devices().get(index);
        return new Lease(id, AGENT, List.of(device), null, new Holder(id, "training #" + id), null, Instant.now(), Instant.now());
    }

    private static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private boolean isHandedOut(Lease lease) throws Exception {
        return get(custodian.handOut(lease)).values().stream().allMatch(verdict -> verdict.isClean());
    }

    /** Probes of this agent, which has a root folder of its own. */
    private static List<ProcessHandle> probes() {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info().commandLine().filter(RealProbeTest::isProbe).isPresent())
                .toList();
    }

    private static boolean isProbe(String command) {
        return command.contains(ProbeMain.class.getName()) && command.contains(agent.getRemoteFS());
    }

    private static Optional<String> holder(String uuid) throws Exception {
        try (HostLocks locks = new HostLocks(HostLocks.defaultFolder())) {
            return Optional.ofNullable(locks.holders(List.of(uuid)).get(uuid));
        }
    }

    @Test
    public void theProbeIsCopiedOnceAndReadsTheDevices() throws Exception {
        assertNull(view().unreachable());
        assertEquals(List.of(first, second), view().inventory().devices().stream().map(Device::uuid).toList());
        assertThat(probes(), hasSize(1));

        List<FilePath> versions = agent.getRootPath().child("gpu-lease").listDirectories();
        assertThat(versions, hasSize(1));
        assertEquals(List.of("gpu-lease-engine.jar", "jna.jar"),
                versions.get(0).list().stream().map(FilePath::getName).sorted().toList());
        long copied = versions.get(0).child("jna.jar").lastModified();
        GpuTestNodes.awaitDiscovery(agent);
        assertEquals(copied, versions.get(0).child("jna.jar").lastModified());
    }

    @Test
    public void aLeaseLocksItsDeviceOnTheHost() throws Exception {
        Lease lease = lease("1", 0);
        assertTrue(isHandedOut(lease));
        assertThat(holder(first).orElseThrow(), containsString("localhost training #1"));
        assertTrue(get(custodian.takeBack(lease)).verdicts().get(first).isClean());
        assertEquals(Optional.empty(), holder(first));
    }

    @Test
    public void afterTheProbeWasKilledTheNextHandOutWorks() throws Exception {
        ProcessHandle probe = probes().get(0);
        probe.destroyForcibly();
        probe.onExit().get(10, TimeUnit.SECONDS);

        Lease lease = lease("2", 0);
        assertTrue(isHandedOut(lease));
        assertThat(probes(), hasSize(1));
        get(custodian.takeBack(lease));
    }

    @Test
    public void aReconnectedAgentHasAFreshProbeThatKnowsTheLiveLeases() throws Exception {
        Lease lease = lease("3", 0);
        assertTrue(isHandedOut(lease));
        GpuLeases.get().table().adopt(lease); // as if it had been granted
        ProcessHandle before = probes().get(0);

        GpuTestNodes.stop(JENKINS, AGENTS, AGENT);
        before.onExit().get(20, TimeUnit.SECONDS);
        assertEquals(Optional.empty(), holder(first));
        AGENTS.start(JENKINS, AGENT);
        GpuTestNodes.await(() -> view().unreachable() == null);

        assertThat(holder(first).orElseThrow(), containsString("training #3"));
        get(GpuLeases.get().table().release("3"));
        assertEquals(Optional.empty(), holder(first));
    }

    @Test
    public void aDeviceThatHangsMakesItsNodeUnreachableUntilItAnswersAgain() throws Exception {
        nvml.world().gpu(first).hang("nvmlDeviceGetMemoryInfo_v2");
        nvml.world().write();
        LeaseTable table = GpuLeases.get().table();
        table.resume();
        LinkedBlockingQueue<Lease> granted = new LinkedBlockingQueue<>();
        table.request(request("4", DeviceRequest.of(2)), listener(granted));

        GpuTestNodes.await(() -> view().unreachable() != null);
        assertThat(view().unreachable(), containsString("within 15.0 s, so it was killed"));
        assertNull("other nodes go on", GpuTestNodes.view(JENKINS.jenkins).unreachable());
        assertEquals(0, granted.size());

        nvml.world().gpu(first).back();
        nvml.world().write();
        assertEquals("granted at last", "4", granted.poll(60, TimeUnit.SECONDS).id());
        get(table.release("4"));
    }

    private static LeaseRequest request(String id, DeviceRequest devices) {
        return new LeaseRequest(id, AGENT, devices, new Holder(id, "training #" + id), 0, null, false);
    }

    private static GrantListener listener(Queue<Lease> granted) {
        return new GrantListener() {
            @Override
            public void onGranted(Lease lease) {
                granted.add(lease);
            }

            @Override
            public void onFailed(LeaseFailure failure) {
                throw new AssertionError(failure.message());
            }
        };
    }

    @Test
    public void aWrongPathIsAReasonForPeople() throws Exception {
        useLibrary("/nowhere/libnvidia-ml.so.1");
        assertEquals(Inventory.Status.FAILED, view().inventory().status());
        assertThat(view().inventory().reason(), containsString("/nowhere/libnvidia-ml.so.1"));
    }

    @Test
    public void withoutHardwareNothingIsStartedAndNothingCopied() throws Exception {
        assumeTrue("This machine has NVIDIA hardware", NvidiaHardware.ofThisMachine().evidence() == null);
        agent.getRootPath().child("gpu-lease").deleteRecursive();
        agent.getNodeProperties().clear();
        GpuTestNodes.awaitDiscovery(agent);

        assertEquals(Inventory.Status.NO_HARDWARE, view().inventory().status());
        assertThat(view().inventory().reason(), containsString(AGENT + " has no NVIDIA hardware"));
        assertThat(probes(), hasSize(0));
        assertFalse(agent.getRootPath().child("gpu-lease").exists());
    }
}
