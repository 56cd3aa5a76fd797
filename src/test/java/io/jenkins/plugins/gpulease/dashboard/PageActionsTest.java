package io.jenkins.plugins.gpulease.dashboard;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.jenkins.plugins.gpulease.Builds.log;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;
import static org.junit.Assert.assertEquals;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import hudson.model.Result;
import io.jenkins.plugins.gpulease.engine.lease.DeviceState;
import java.util.List;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.Test;

/** What people do on the pages, by mouse and by keyboard, and what those can't do who may not. */
public class PageActionsTest extends InBrowser {

    private static final String OK = "dialog [data-id=ok]";

    /** On the page of a build. */
    private static final String RELEASE = "#gpu-leases button[data-lease]";

    @Test
    public void aDeviceIsDrainedWithAReasonAndPutBack() throws Exception {
        for (String page : List.of(OVERVIEW, NODE)) {
            try (Page tab = open("operator", page)) {
                Locator row = device(tab, 0);
                row.locator("[data-action=drain]").click();
                assertThat(tab.locator("dialog input")).isFocused();
                tab.keyboard().type("fan is loud");
                tab.locator(OK).click();
                assertThat(row.locator(STATE)).hasText("drained");
                assertThat(row).containsText("fan is loud (operator)");
                assertEquals(page, DeviceState.DRAINED, first());

                row.locator("[data-action=undrain]").click();
                tab.locator(OK).click();
                assertThat(row.locator(STATE)).hasText("idle");
                assertEquals(page, DeviceState.IDLE, first());
            }
        }
    }

    @Test
    public void aReleasedLeaseAbortsItsBlock() throws Exception {
        for (String page : List.of(OVERVIEW, NODE)) {
            WorkflowRun build = lease(1, "aborted" + page.length());
            try (Page tab = open("operator", page)) {
                tab.locator("[data-action=release]").click();
                assertEquals(page, DeviceState.LEASED, first());
                tab.locator(OK).click();

                JENKINS.assertBuildStatus(Result.ABORTED, JENKINS.waitForCompletion(build));
                assertThat(log(build), containsString("operator released the GPUs"));
                assertThat(device(tab, 0).locator(STATE)).hasText("idle");
            }
        }
    }

    @Test
    public void aBuildsLeaseIsReleasedOnItsPage() throws Exception {
        WorkflowRun build = lease(1, "ownpage");
        try (Page tab = open("operator", pageOf(build))) {
            tab.locator(RELEASE).click();
            tab.locator("dialog [data-id=cancel]").click();
            assertThat(tab.locator(RELEASE)).isFocused();
            assertEquals(DeviceState.LEASED, first());

            tab.locator(RELEASE).click();
            tab.locator(OK).click();
            JENKINS.assertBuildStatus(Result.ABORTED, JENKINS.waitForCompletion(build));
            assertThat(log(build), containsString("operator released the GPUs"));
            assertThat(tab.locator(RELEASE)).hasCount(0);
        }
    }

    @Test
    public void whoMayNotManageSeesNoButtons() throws Exception {
        WorkflowRun build = lease(1, "nobuttons");
        for (String page : List.of(OVERVIEW, NODE)) {
            try (Page tab = open("developer", page)) {
                assertThat(device(tab, 0).locator(STATE)).hasText("leased");
                assertThat(tab.locator("[data-action]")).hasCount(0);
            }
            try (Page tab = open("operator", page)) {
                assertThat(device(tab, 0).locator(STATE)).hasText("leased");
                assertThat(tab.locator("[data-action]")).hasCount(3);
            }
        }
        try (Page tab = open("developer", pageOf(build))) {
            assertThat(tab.locator("#gpu-leases tbody tr")).hasCount(1);
            assertThat(tab.locator(RELEASE)).hasCount(0);
        }
        try (Page tab = open("operator", pageOf(build))) {
            assertThat(tab.locator(RELEASE)).hasCount(1);
        }
        end(build, "nobuttons");
    }

    @Test
    public void whoCannotReadTheJobReadsOfABuild() throws Exception {
        WorkflowRun build = lease(1, "masked");
        for (String page : List.of(OVERVIEW, NODE)) {
            try (Page tab = open("stranger", page)) {
                assertThat(device(tab, 0).locator(".gpu-leases__why")).hasText("a build");
                assertThat(tab.content(), not(containsString(build.getParent().getName())));
            }
        }
        end(build, "masked");
    }

    @Test
    public void whoCannotReadTheJobHasNoPageOfTheBuild() throws Exception {
        WorkflowRun build = lease(1, "hidden");
        try (Page tab = open("stranger", OVERVIEW)) {
            assertEquals(404, tab.navigate(pageOf(build)).status());
        }
        try (Page tab = open("developer", OVERVIEW)) {
            assertEquals(200, tab.navigate(pageOf(build)).status());
        }
        end(build, "hidden");
    }

    // ---- keyboard

    @Test
    public void theTableIsSortedByKeyboard() throws Exception {
        try (Page tab = open("developer", OVERVIEW)) {
            assertThat(device(tab, 1)).containsText("H100");
            Locator header = tab.locator("th:has(button[data-key=index])");
            tab.locator(".gpu-leases input[type=search]").focus();
            tab.keyboard().press("Tab");
            tab.keyboard().press("Tab");
            assertThat(header.locator("button")).isFocused();

            tab.keyboard().press("Enter");
            assertThat(header).hasAttribute("aria-sort", "ascending");
            tab.keyboard().press("Enter");
            assertThat(header).hasAttribute("aria-sort", "descending");
            assertThat(device(tab, 0).locator("[role=rowheader]")).hasText("1");
            assertThat(tab.locator("th:has(button[data-key=node])")).hasAttribute("aria-sort", "none");
        }
    }

    @Test
    public void aDeviceIsDrainedByKeyboardAlone() throws Exception {
        for (String page : List.of(OVERVIEW, NODE)) {
            try (Page tab = open("operator", page)) {
                Locator row = device(tab, 0);
                assertThat(row.locator(STATE)).hasText("idle");
                tab.locator("th:has(button[data-key=since]) button").focus();
                tabTo(tab, row.locator("[data-action=drain]"));
                tab.keyboard().press("Enter");
                assertThat(tab.locator("dialog input")).isFocused();
                tab.keyboard().type("fan is loud");
                tab.keyboard().press("Enter");

                assertThat(row.locator(STATE)).hasText("drained");
                assertThat(row.locator("[data-action=undrain]")).isFocused();
                tab.keyboard().press("Enter");
                tabTo(tab, tab.locator(OK));
                tab.keyboard().press("Enter");
                assertThat(row.locator(STATE)).hasText("idle");
            }
        }
    }

    @Test
    public void aBuildsLeaseIsReleasedByKeyboardAlone() throws Exception {
        WorkflowRun build = lease(1, "keyboard");
        try (Page tab = open("operator", pageOf(build))) {
            tab.locator("#gpu-leases th a").first().focus();
            tabTo(tab, tab.locator(RELEASE));
            tab.keyboard().press("Enter");
            tabTo(tab, tab.locator(OK));
            tab.keyboard().press("Escape");
            assertThat(tab.locator(RELEASE)).isFocused();

            tab.keyboard().press("Enter");
            tabTo(tab, tab.locator(OK));
            tab.keyboard().press("Enter");
            JENKINS.assertBuildStatus(Result.ABORTED, JENKINS.waitForCompletion(build));
        }
    }

    /** Goes on with the key that everybody uses who has no mouse; there are few stops in between. */
    private static void tabTo(Page tab, Locator target) {
        for (int i = 0; i < 10 && !isFocused(target); i++) {
            tab.keyboard().press("Tab");
        }
        assertThat(target).isFocused();
    }

    private static boolean isFocused(Locator target) {
        return (Boolean) target.evaluate("element => element === document.activeElement");
    }
}
