package io.jenkins.plugins.gpulease.report;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import hudson.model.InvisibleAction;
import hudson.model.Item;
import hudson.model.RootAction;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import io.jenkins.plugins.gpulease.ScriptedCustodian;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.lease.Custodian.Returned;
import io.jenkins.plugins.gpulease.engine.lease.Holder;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.report.FleetReport;
import io.jenkins.plugins.gpulease.engine.usage.DeviceUsage;
import io.jenkins.plugins.gpulease.engine.usage.LeaseUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import jenkins.model.Jenkins;
import net.sf.json.JSONObject;
import org.htmlunit.html.HtmlPage;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.JenkinsSessionRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.TestExtension;

public class FleetReporterTest {

    private static final Duration DAY = Duration.ofHours(24);

    @Rule
    public final JenkinsSessionRule sessions = new JenkinsSessionRule();

    /** Stands for the page that the report is a part of. */
    @TestExtension
    public static final class Parent extends InvisibleAction implements RootAction {

        @Override
        public String getUrlName() {
            return "test-gpus";
        }

        public FleetReportPage getReport() {
            return new FleetReportPage();
        }
    }

    /** A job that holds two GPUs, which are busy for 30 % of the time. */
    private static void buildWithLease(JenkinsRule jenkins) throws Exception {
        GpuTestNodes.simulateBuiltIn(jenkins, "4xH100:80GB");
        WorkflowJob job = jenkins.createProject(WorkflowJob.class, "secret-job");
        job.setDefinition(new CpsFlowDefinition("node { gpu(count: 2) { gpu { } } }", true));
        try (ScriptedCustodian custodian = new ScriptedCustodian(FleetReporterTest::used)) {
            jenkins.buildAndAssertSuccess(job);
        }
    }

    private static Returned used(Lease lease) {
        return new Returned(
                ScriptedCustodian.clean(lease).verdicts(),
                new LeaseUsage(Duration.ofSeconds(9), lease.uuids().stream()
                        .map(uuid -> new DeviceUsage(uuid, 9, null, null, 30, 30, null, 0, List.of()))
                        .toList()));
    }

    @Test
    public void leasesOfBuildsAreCountedOnceAndKeptOverARestart() throws Throwable {
        sessions.then(jenkins -> {
            buildWithLease(jenkins);
            check(FleetReporter.get().report(DAY));
        });
        sessions.then(jenkins -> {
            FleetReport report = FleetReporter.get().report(DAY);
            assertEquals(1, report.waits().get(0).leases());
        });
        Path file = sessions.getHome().toPath().resolve(FleetReporter.FILE);
        assertTrue(Files.size(file) < 1_000_000);
        Files.writeString(file, "<oops");
        sessions.then(jenkins -> assertEquals("a broken file costs the report alone",
                List.of(), FleetReporter.get().report(DAY).waits()));
    }

    /** The inner lease is part of the outer one. */
    private static void check(FleetReport report) {
        assertEquals(List.of("secret-job"), report.byHours().stream().map(FleetReport.JobLine::job).toList());
        assertEquals(Integer.valueOf(30), report.utilization());
        assertEquals(0.7 * report.jobHours(), report.byWaste().get(0).waste(), 1e-9);
        assertEquals(1, report.waits().size());
        assertEquals(1, report.waits().get(0).leases());
    }

    @Test
    public void devicesAndHeldLeasesAreCounted() throws Throwable {
        sessions.then(jenkins -> {
            GpuTestNodes.simulateBuiltIn(jenkins, "4xH100:80GB");
            Device first = GpuTestNodes.view(jenkins.jenkins).inventory().devices().get(0);
            GpuLeases.get().table().adopt(new Lease(
                    "1",
                    "built-in",
                    List.of(first),
                    null,
                    new Holder("folder/training#7/1", "training #7"),
                    null,
                    Instant.now().minusSeconds(7_200),
                    Instant.now().minusSeconds(7_200)));
            GpuTestNodes.await(() -> FleetReporter.get().report(DAY).deviceHours().values().stream().filter(hours -> hours > 0).count() == 2);

            FleetReport report = FleetReporter.get().report(DAY);

            assertEquals("folder/training", report.byHours().get(0).job());
            assertEquals(2, report.byHours().get(0).hours(), 0.1);
        });
    }

    @Test
    public void onlyWhoMayReadAJobSeesItsName() throws Throwable {
        sessions.then(jenkins -> {
            jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
            jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                    .grant(Jenkins.READ).everywhere().toEveryone()
                    .grant(Item.READ).everywhere().to("reader")
                    .grant(Jenkins.ADMINISTER).everywhere().to("admin"));
            buildWithLease(jenkins);

            for (String user : List.of("reader", "admin")) {
                HtmlPage page = jenkins.createWebClient().login(user).goTo("test-gpus/report/");
                assertThat(page.asNormalizedText(), containsString("secret-job"));
                assertThat(page.asXml(), containsString("job/secret-job/"));
            }
            HtmlPage page = jenkins.createWebClient().login("stranger").goTo("test-gpus/report/");
            assertThat(page.asNormalizedText(), containsString("a job that you may not see"));
            assertThat(page.asXml(), not(containsString("secret-job")));
            String json = jenkins.createWebClient().login("stranger").goTo("test-gpus/report/api/json", "application/json")
                    .getWebResponse().getContentAsString();
            assertThat(json, not(containsString("secret-job")));
        });
    }

    @Test
    public void restHasTheSameNumbers() throws Throwable {
        sessions.then(jenkins -> {
            buildWithLease(jenkins);

            JSONObject day = jenkins.getJSON("test-gpus/report/api/json").getJSONObject().getJSONObject("day");

            assertEquals("2", day.getJSONArray("waits").getJSONObject(0).getString("gpus"));
            assertEquals("secret-job", day.getJSONArray("byHours").getJSONObject(0).getString("job"));
            assertEquals(30, day.getInt("utilization"));
            assertTrue(day.has("quarantined"));
        });
    }

    @Test
    public void aJobThatIsGoneHasNoLink() throws Throwable {
        sessions.then(jenkins -> {
            buildWithLease(jenkins);
            jenkins.jenkins.getItem("secret-job").delete();

            FleetReportBean.JobBean job = new FleetReportPage().getDay().getByHours().get(0);

            assertEquals("secret-job", job.getJob());
            assertNull(job.getUrl());
        });
    }
}
