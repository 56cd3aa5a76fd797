package io.jenkins.plugins.gpulease.build;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import io.jenkins.plugins.gpulease.engine.device.Gpus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.recipes.LocalData;

/** What builds have on disk must stay readable. */
public class GpuLeasesActionFormatTest {

    @Rule
    public final JenkinsRule jenkins = new JenkinsRule();

    @LocalData
    @Test
    public void leasesThatTheFirstVersionStoredAreRead() {
        GpuLeasesAction action = jenkins.jenkins
                .getItemByFullName("p", FreeStyleProject.class)
                .getBuildByNumber(1)
                .getAction(GpuLeasesAction.class);

        LeaseRecord lease = action.getLeases().get(0);
        assertEquals(7, action.getForgotten());
        assertEquals("11111111-2222-3333-4444-555555555555", lease.getId());
        assertEquals("agent-1", lease.getNode());
        assertEquals("outer", lease.getParentLease());
        assertEquals("2 GPUs with at least 40 GB", lease.getAsked());
        assertFalse(lease.isHeld());
        assertEquals(1_500, lease.getWaitedMillis());
        assertEquals(60_000, lease.getHeldMillis());
        assertEquals(Long.valueOf(31_949), lease.getPeakMemoryMib());
        assertEquals(Long.valueOf(20_000), lease.getMeanMemoryMib());
        assertEquals(Integer.valueOf(63), lease.getMeanUtilization());
        assertEquals(756_000, lease.getEnergyJoules(), 0);
        assertEquals(List.of("1 process is left on GPU 0"), lease.getLeftOver());
        assertEquals("GPU-0", lease.getDevices().get(0).getUuid());
        assertEquals(Long.valueOf(81_559), lease.getDevices().get(0).getMemoryMib());
        assertEquals("NVIDIA H100 80GB HBM3 MIG 1g.10gb", lease.getDevices().get(1).getModel());
    }

    @LocalData
    @Test
    public void whatTheFirstVersionStoredHasNoCourses() {
        LeaseRecord lease = lease("p");

        assertEquals(0, lease.courses());
        assertNull(lease.getDevices().get(0).getChart());
        assertNull(lease.getDevices().get(0).getPeakMemoryMib());
    }

    @LocalData
    @Test
    public void coursesAreRead() {
        LeaseRecord lease = lease("q");
        LeasedDevice first = lease.getDevices().get(0);
        LeasedDevice.CoursePoint last = first.getCourse().get(2);

        assertEquals(1, lease.courses());
        assertEquals(3, first.getCourse().size());
        assertEquals(20, last.getSeconds());
        assertNull(last.getMemoryMib());
        assertEquals(Integer.valueOf(87), last.getUtilization());
        assertEquals(Long.valueOf(31_949), first.getPeakMemoryMib());
        assertEquals(Long.valueOf(20_000), first.getMeanMemoryMib());
        assertEquals(Integer.valueOf(63), first.getMeanUtilization());
        assertEquals(Integer.valueOf(100), first.getPeakUtilization());
        assertEquals(756_000, first.getEnergyJoules(), 0);
        assertEquals(Long.valueOf(500), lease.getDevices().get(1).getPeakMemoryMib());
        assertEquals(List.of(), lease.getDevices().get(1).getCourse());
    }

    @LocalData
    @Test
    public void whatTheFirstVersionStoredStaysInTheBuildUntilMoreIsNoted() throws Exception {
        build("p").save();

        assertFalse(new LeaseFile(build("p")).mayExist());
        assertThat(Files.readString(buildXml()), containsString("11111111-2222"));
    }

    @LocalData
    @Test
    public void whatTheFirstVersionStoredMovesToTheFileAtItsNextWrite() throws Exception {
        TestLeases.note(build("p"), "new", 41, 31_949, Gpus.h100(0));
        LeaseHistory.saveAll();

        assertThat(Files.readString(buildXml()), not(containsString("LeaseRecord")));
        jenkins.jenkins.reload();
        GpuLeasesAction moved = build("p").getAction(GpuLeasesAction.class);
        assertEquals(
                List.of("11111111-2222-3333-4444-555555555555", "new"),
                moved.getLeases().stream().map(LeaseRecord::getId).toList());
        assertEquals(7, moved.getForgotten());
    }

    private Path buildXml() {
        return build("p").getRootDir().toPath().resolve("build.xml");
    }

    private LeaseRecord lease(String job) {
        return build(job).getAction(GpuLeasesAction.class).getLeases().get(0);
    }

    private FreeStyleBuild build(String job) {
        return jenkins.jenkins.getItemByFullName(job, FreeStyleProject.class).getBuildByNumber(1);
    }
}
