package io.jenkins.plugins.gpulease.build.trend;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertSame;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Item;
import hudson.security.AuthorizationStrategy;
import hudson.security.SecurityRealm;
import io.jenkins.plugins.gpulease.build.TestLeases;
import io.jenkins.plugins.gpulease.engine.device.Gpus;
import java.util.List;
import jenkins.model.Jenkins;
import org.htmlunit.html.DomElement;
import org.htmlunit.html.HtmlPage;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.JenkinsRule.WebClient;
import org.jvnet.hudson.test.MockAuthorizationStrategy;

public class GpuTrendActionTest {

    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    private FreeStyleProject job;

    @Before
    public void aJob() throws Exception {
        job = JENKINS.createFreeStyleProject();
    }

    @Test
    public void thePageHasABarAndALineForEachBuild() throws Exception {
        build(41, 31_949);
        JENKINS.buildAndAssertSuccess(job);
        build(82, 15_000);

        HtmlPage page = page("gpu-usage/");

        assertThat(page.getElementById("gpu-trend-scope").asNormalizedText(), containsString("Of the newest 3 builds, 2 leased GPUs."));
        assertEquals(2, page.querySelectorAll("#gpu-trend-table tbody tr").size());
        String newest = page.querySelector("#gpu-trend-table tbody tr").asNormalizedText();
        for (String figure : List.of("#3", "1 × H100", "30.0 s", "1 min", "82 %", "14.6 GiB", "1.0 Wh")) {
            assertThat(newest, containsString(figure));
        }
        assertEquals(2, page.querySelectorAll(".gpu-lease-chart__bar--waited").size());
        assertThat(page.querySelector(".gpu-lease-chart__bar--utilization").asXml(), containsString("#1: 41 %"));
        assertEquals("img", page.<DomElement>querySelector("svg.gpu-lease-chart").getAttribute("role"));
    }

    @Test
    public void thePageOfTheJobShowsItOnceItIsFetched() throws Exception {
        build(41, 31_949);

        HtmlPage page = page("");

        assertEquals(1, page.querySelectorAll(".gpu-lease-trend svg.gpu-lease-chart").size());
        assertThat(page.asXml(), containsString(job.getUrl() + "gpu-usage"));
    }

    @Test
    public void aJobWithoutLeasesShowsNothing() throws Exception {
        JENKINS.buildAndAssertSuccess(job);

        assertThat(page("").asXml(), not(containsString("gpu-usage")));
        assertEquals(0, new GpuTrendAction(job).getTrend().builds().size());
    }

    @Test
    public void onlyTheNewestBuildsAreLoaded() throws Exception {
        for (int i = 0; i < 5; i++) {
            build(i, 1_000);
        }

        Trend trend = Trend.of(job, 3);

        assertEquals(3, trend.looked());
        assertEquals(List.of(3, 4, 5), trend.builds().stream().map(Trend.Build::number).toList());
        assertFalse(trend.cut());
    }

    @Test
    public void itIsKeptUntilThereIsANewBuild() throws Exception {
        build(1, 1_000);
        Trend first = new GpuTrendAction(job).getTrend();

        assertSame(first, new GpuTrendAction(job).getTrend());
        build(2, 1_000);
        assertEquals(2, new GpuTrendAction(job).getTrend().builds().size());
    }

    @Test
    public void anotherJobOfTheSameNameHasATrendOfItsOwn() throws Exception {
        build(1, 1_000);
        assertEquals(1, new GpuTrendAction(job).getTrend().builds().size());
        String name = job.getName();
        job.delete();
        job = JENKINS.createFreeStyleProject(name);
        JENKINS.buildAndAssertSuccess(job);

        assertEquals(0, new GpuTrendAction(job).getTrend().builds().size());
    }

    @Test
    public void aHostileNameOfABuildIsEscaped() throws Exception {
        build(41, 31_949).setDisplayName("<img src=x onerror=alert(1)>");

        for (String path : List.of("gpu-usage/content", "gpu-usage/chart")) {
            String html = client().goTo(job.getUrl() + path).getWebResponse().getContentAsString();
            assertThat(html, containsString("&lt;img src=x"));
            assertThat(html, not(containsString("<img src=x")));
        }
    }

    @Test
    public void whoMayNotReadTheJobSeesNothingOfIt() throws Exception {
        build(41, 31_949);
        AuthorizationStrategy before = JENKINS.jenkins.getAuthorizationStrategy();
        SecurityRealm realm = JENKINS.jenkins.getSecurityRealm();
        JENKINS.jenkins.setSecurityRealm(JENKINS.createDummySecurityRealm());
        JENKINS.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ).everywhere().toEveryone()
                .grant(Item.READ).everywhere().to("reader"));
        try {
            for (String path : List.of("gpu-usage/", "gpu-usage/content", "gpu-usage/chart")) {
                assertEquals(path, 404, status("stranger", path));
                assertEquals(path, 200, status("reader", path));
            }
        } finally {
            JENKINS.jenkins.setAuthorizationStrategy(before);
            JENKINS.jenkins.setSecurityRealm(realm);
        }
    }

    private int status(String user, String path) throws Exception {
        return client().withThrowExceptionOnFailingStatusCode(false).login(user).goTo(job.getUrl() + path)
                .getWebResponse().getStatusCode();
    }

    private FreeStyleBuild build(int utilization, long peakMib) throws Exception {
        FreeStyleBuild build = JENKINS.buildAndAssertSuccess(job);
        TestLeases.note(build, "a", utilization, peakMib, Gpus.h100(0));
        return build;
    }

    private HtmlPage page(String path) throws Exception {
        WebClient client = client();
        HtmlPage page = client.goTo(job.getUrl() + path);
        client.waitForBackgroundJavaScript(20_000);
        return page;
    }

    private static WebClient client() {
        return JENKINS.createWebClient();
    }
}
