package io.jenkins.plugins.gpulease.dashboard;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.jenkins.plugins.gpulease.Builds.start;
import static org.junit.Assert.assertEquals;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import io.jenkins.plugins.gpulease.Eventually;
import java.util.List;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.test.steps.SemaphoreStep;
import org.junit.Test;

/** Pages that are open while a Pipeline runs. */
public class LivePagesTest extends InBrowser {

    private static final String MARK = "window.isTheSame";

    @Test
    public void aRowFollowsItsDeviceWithoutAReload() throws Exception {
        for (String page : List.of(OVERVIEW, NODE)) {
            try (Page tab = open("developer", page)) {
                Locator row = device(tab, 0);
                assertThat(row.locator(STATE)).hasText("idle");
                tab.evaluate(MARK + " = true");

                String semaphore = page.equals(NODE) ? "node" : "overview";
                WorkflowRun build = lease(2, semaphore);
                assertThat(row.locator(STATE)).hasText("leased");
                assertThat(row.locator(".gpu-leases__why a")).hasAttribute("href", JENKINS.contextPath + "/" + build.getUrl());

                end(build, semaphore);
                assertThat(row.locator(STATE)).hasText("idle");
                assertEquals(page, true, tab.evaluate(MARK));
            }
        }
    }

    @Test
    public void theBuildsPageFollowsItsLeasesWithoutAReload() throws Exception {
        WorkflowRun build = start(JENKINS, "node('built-in') { gpu { semaphore 'one' }; gpu(count: 2) { semaphore 'two' } }");
        SemaphoreStep.waitForStart("one/1", build);
        try (Page tab = open("developer", pageOf(build))) {
            Locator rows = tab.locator("#gpu-leases tbody tr");
            assertThat(rows).hasCount(1);
            Locator held = rows.first().locator("[id^=gpu-lease-held-]");
            String before = held.textContent();
            tab.evaluate(MARK + " = true");
            assertThat(held).not().hasText(before);

            SemaphoreStep.success("one/1", null);
            assertThat(rows).hasCount(2);
            assertThat(rows.nth(0)).not().containsText("so far");
            assertThat(rows.nth(1)).containsText("so far");

            SemaphoreStep.waitForStart("two/1", build);
            end(build, "two");
            assertThat(rows.nth(1)).not().containsText("so far");
            assertEquals(true, tab.evaluate(MARK));
        }
    }

    @Test
    public void theBuildsPageSaysThatItIsLostIfSomethingElseAnswersForJenkins() throws Exception {
        WorkflowRun build = lease(1, "lost");
        try (Page tab = open("developer", pageOf(build))) {
            Locator lost = tab.locator("#gpu-leases-lost");
            tab.route("**/gpu-leases/current", route -> route.fulfill(
                    new Route.FulfillOptions().setContentType("text/html").setBody("<p>Log in</p>")));
            assertThat(lost).isVisible();
            assertThat(tab.locator("#gpu-leases tbody tr")).hasCount(1);

            tab.unroute("**/gpu-leases/current");
            assertThat(lost).isHidden();
        }
        end(build, "lost");
    }

    @Test
    public void requestsThatWaitAppearWithTheirPlace() throws Exception {
        try (Page tab = open("developer", OVERVIEW)) {
            assertThat(device(tab, 0).locator(STATE)).hasText("idle");
            WorkflowRun holder = lease(2, "holder");
            WorkflowRun one = start(JENKINS, "node('built-in') { gpu(count: 1) { } }");
            Eventually.await("the first one waits", () -> Eventually.waiters() == 1);
            WorkflowRun other = start(JENKINS, "node('built-in') { gpu(count: 2) { } }");

            Locator waiters = tab.locator(".gpu-leases__waiters tbody tr");
            assertThat(waiters.nth(0)).containsText("1 of 2");
            assertThat(waiters.nth(0)).containsText(one.getFullDisplayName());
            assertThat(waiters.nth(1)).containsText("2 of 2");
            assertThat(waiters.nth(1)).containsText(other.getFullDisplayName());

            end(holder, "holder");
            assertThat(tab.locator(".gpu-leases__waiting")).isHidden();
            JENKINS.assertBuildStatusSuccess(JENKINS.waitForCompletion(one));
            JENKINS.assertBuildStatusSuccess(JENKINS.waitForCompletion(other));
        }
    }

    @Test
    public void theFocusStaysOnAButtonWhoseRowChanges() throws Exception {
        try (Page tab = open("operator", OVERVIEW)) {
            Locator drain = device(tab, 0).locator("[data-action=drain]");
            drain.focus();

            WorkflowRun build = lease(2, "focus");
            assertThat(device(tab, 0).locator(STATE)).hasText("leased");

            assertThat(drain).isFocused();
            end(build, "focus");
        }
    }
}
