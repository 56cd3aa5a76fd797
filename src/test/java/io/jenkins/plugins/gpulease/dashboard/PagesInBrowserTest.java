package io.jenkins.plugins.gpulease.dashboard;

import static io.jenkins.plugins.gpulease.Builds.log;
import static io.jenkins.plugins.gpulease.Builds.start;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.not;
import static org.junit.Assert.assertEquals;

import hudson.model.Computer;
import hudson.model.Item;
import hudson.model.Result;
import hudson.util.PluginServletFilter;
import io.jenkins.plugins.darktheme.DarkThemeSystemManagerFactory;
import io.jenkins.plugins.gpulease.Eventually;
import io.jenkins.plugins.gpulease.GpuPermissions;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import io.jenkins.plugins.gpulease.engine.lease.DeviceState;
import io.jenkins.plugins.gpulease.engine.lease.DeviceView;
import io.jenkins.plugins.thememanager.ThemeManagerPageDecorator;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import jenkins.model.Jenkins;
import org.apache.commons.io.IOUtils;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.test.steps.SemaphoreStep;
import org.json.JSONObject;
import org.junit.After;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;

/** The pages as people see and use them, in a real browser. */
public class PagesInBrowserTest {

    private static final String OVERVIEW = "gpu-leases/";
    private static final String NODE = "computer/(built-in)/gpus/";

    private static final String FIRST = ".gpu-leases__devices tbody tr:nth-child(1)";
    private static final String SECOND = ".gpu-leases__devices tbody tr:nth-child(2)";
    private static final String STATE = " .gpu-leases__state";

    /** What belongs to this plugin's pages, the build's page included. */
    private static final String OURS = ".gpu-leases *, #gpu-leases *, #gpu-matrix *, #gpus-status";

    @ClassRule(order = 0)
    public static final Chromium CHROMIUM = new Chromium();

    @ClassRule(order = 1)
    public static final JenkinsRule JENKINS = new JenkinsRule();

    static {
        JENKINS.timeout = 600; // s; it counts for all tests together
    }

    @BeforeClass
    public static void twoGpusAndUsers() throws Exception {
        JENKINS.jenkins.setSecurityRealm(JENKINS.createDummySecurityRealm());
        JENKINS.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ).everywhere().to("stranger", "developer", "operator")
                .grant(Item.READ).everywhere().to("developer", "operator")
                .grant(Computer.EXTENDED_READ, GpuPermissions.MANAGE).everywhere().to("operator"));
        JENKINS.jenkins.setNumExecutors(8);
        GpuTestNodes.simulateBuiltIn(JENKINS, "2xH100:80GB");
        ThemeManagerPageDecorator.get().setTheme(new DarkThemeSystemManagerFactory());
    }

    /** Builds of a test that has failed, too, so that it alone fails. */
    @After
    public void everythingIsBack() throws Exception {
        JENKINS.jenkins.getAllItems(WorkflowJob.class).forEach(job -> job.getBuilds().forEach(WorkflowRun::doStop));
        for (DeviceView device : GpuTestNodes.view(JENKINS.jenkins).devices()) {
            DrainedDevices.get().remove(device.device().uuid());
        }
        Eventually.awaitNoLeaseAndNoWaiter();
    }

    private static BrowserTab open(String user, String page) throws Exception {
        BrowserTab tab = CHROMIUM.tab();
        tab.logIn(JENKINS.getURL().toString(), user);
        tab.open(JENKINS.getURL() + page);
        return tab;
    }

    /** A build that has GPUs until its semaphore is released. */
    private static WorkflowRun lease(int gpus, String semaphore) throws Exception {
        WorkflowRun build = start(JENKINS, "node('built-in') { gpu(count: " + gpus + ") { semaphore '" + semaphore + "' } }");
        SemaphoreStep.waitForStart(semaphore + "/1", build);
        return build;
    }

    private static void end(WorkflowRun build, String semaphore) throws Exception {
        SemaphoreStep.success(semaphore + "/1", null);
        JENKINS.assertBuildStatusSuccess(JENKINS.waitForCompletion(build));
    }

    private static DeviceState first() {
        return GpuTestNodes.view(JENKINS.jenkins).devices().get(0).state();
    }

    // ---- live

    @Test
    public void aRowFollowsItsDeviceWithoutAReload() throws Exception {
        for (String page : List.of(OVERVIEW, NODE)) {
            try (BrowserTab tab = open("developer", page)) {
                tab.awaitText(FIRST + STATE, "idle");
                tab.evaluate("window.isTheSame = true");

                String semaphore = page.equals(NODE) ? "node" : "overview";
                WorkflowRun build = lease(2, semaphore);
                tab.awaitText(FIRST + STATE, "leased");
                assertEquals(JENKINS.getURL() + build.getUrl(),
                        tab.evaluate("document.querySelector('" + FIRST + " .gpu-leases__why a').href"));

                end(build, semaphore);
                tab.awaitText(FIRST + STATE, "idle");
                assertEquals(page, true, tab.evaluate("window.isTheSame"));
            }
        }
    }

    @Test
    public void requestsThatWaitAppearWithTheirPlace() throws Exception {
        try (BrowserTab tab = open("developer", OVERVIEW)) {
            tab.awaitText(FIRST + STATE, "idle");
            WorkflowRun holder = lease(2, "holder");
            WorkflowRun one = start(JENKINS, "node('built-in') { gpu(count: 1) { } }");
            Eventually.await("the first one waits", () -> Eventually.waiters() == 1);
            WorkflowRun other = start(JENKINS, "node('built-in') { gpu(count: 2) { } }");

            tab.awaitText(".gpu-leases__waiters tbody tr:nth-child(1)", "1 of 2");
            tab.awaitText(".gpu-leases__waiters tbody tr:nth-child(1)", one.getFullDisplayName());
            tab.awaitText(".gpu-leases__waiters tbody tr:nth-child(2)", "2 of 2");
            tab.awaitText(".gpu-leases__waiters tbody tr:nth-child(2)", other.getFullDisplayName());

            end(holder, "holder");
            tab.await("the table is gone", "document.querySelector('.gpu-leases__waiting').classList.contains('jenkins-hidden')");
            JENKINS.assertBuildStatusSuccess(JENKINS.waitForCompletion(one));
            JENKINS.assertBuildStatusSuccess(JENKINS.waitForCompletion(other));
        }
    }

    @Test
    public void theFocusStaysOnAButtonWhoseRowChanges() throws Exception {
        try (BrowserTab tab = open("operator", OVERVIEW)) {
            tab.await("it has a button", "document.querySelector('" + FIRST + " [data-action=drain]')");
            tab.evaluate("document.querySelector('" + FIRST + " [data-action=drain]').focus()");

            WorkflowRun build = lease(2, "focus");
            tab.awaitText(FIRST + STATE, "leased");

            tab.await("it has the focus again",
                    "document.activeElement === document.querySelector('" + FIRST + " [data-action=drain]')");
            end(build, "focus");
        }
    }

    // ---- actions

    @Test
    public void aDeviceIsDrainedWithAReasonAndPutBack() throws Exception {
        try (BrowserTab tab = open("operator", OVERVIEW)) {
            tab.click(FIRST + " [data-action=drain]");
            tab.await("it asks why", "document.activeElement.matches('dialog input')");
            tab.type("fan is loud");
            tab.click("dialog [data-id=ok]");
            tab.awaitText(FIRST + STATE, "drained");
            tab.awaitText(FIRST, "fan is loud (operator)");
            assertEquals(DeviceState.DRAINED, first());

            tab.click(FIRST + " [data-action=undrain]");
            tab.click("dialog [data-id=ok]");
            tab.awaitText(FIRST + STATE, "idle");
            assertEquals(DeviceState.IDLE, first());
        }
    }

    @Test
    public void aReleasedLeaseAbortsItsBlock() throws Exception {
        WorkflowRun build = lease(1, "aborted");
        try (BrowserTab tab = open("operator", NODE)) {
            tab.click("[data-action=release]");
            assertEquals(DeviceState.LEASED, first());
            tab.click("dialog [data-id=ok]");

            JENKINS.assertBuildStatus(Result.ABORTED, JENKINS.waitForCompletion(build));
            assertThat(log(build), containsString("operator released the GPUs"));
            tab.awaitText(FIRST + STATE, "idle");
        }
    }

    @Test
    public void whoMayNotManageSeesNoButtons() throws Exception {
        WorkflowRun build = lease(1, "nobuttons");
        String buttons = "document.querySelectorAll('.gpu-leases [data-action]').length";
        try (BrowserTab tab = open("developer", OVERVIEW)) {
            tab.awaitText(FIRST + STATE, "leased");
            assertEquals(0, tab.evaluate(buttons));
        }
        try (BrowserTab tab = open("operator", OVERVIEW)) {
            tab.awaitText(FIRST + STATE, "leased");
            assertEquals(3, tab.evaluate(buttons));
        }
        end(build, "nobuttons");
    }

    @Test
    public void whoCannotReadTheJobReadsOfABuild() throws Exception {
        WorkflowRun build = lease(1, "masked");
        try (BrowserTab tab = open("stranger", OVERVIEW)) {
            tab.awaitText(FIRST + " .gpu-leases__why", "a build");
            assertEquals("a build", tab.text(FIRST + " .gpu-leases__why").trim());
            assertThat((String) tab.evaluate("document.documentElement.outerHTML"), not(containsString(build.getParent().getName())));
        }
        end(build, "masked");
    }

    // ---- keyboard

    @Test
    public void theTableIsSortedByKeyboard() throws Exception {
        try (BrowserTab tab = open("developer", OVERVIEW)) {
            tab.awaitText(SECOND, "H100");
            String header = "document.querySelector('th button[data-key=index]')";
            tab.evaluate("document.querySelector('.gpu-leases input[type=search]').focus()");
            for (int i = 0; i < 2; i++) {
                tab.pressTab();
            }
            assertEquals("the second header has the focus", true, tab.evaluate("document.activeElement === " + header));

            tab.pressEnter();
            assertEquals("ascending", tab.evaluate(header + ".parentElement.getAttribute('aria-sort')"));
            tab.pressEnter();
            assertEquals("descending", tab.evaluate(header + ".parentElement.getAttribute('aria-sort')"));
            assertEquals("1", tab.evaluate("document.querySelector('" + FIRST + " [role=rowheader]').textContent"));
            assertEquals("none", tab.evaluate("document.querySelector('th button[data-key=node]').parentElement.getAttribute('aria-sort')"));
        }
    }

    // ---- themes

    @Test
    public void textsAreReadableInLightAndDark() throws Exception {
        WorkflowRun build = lease(1, "themes");
        String check = IOUtils.toString(
                PagesInBrowserTest.class.getResource("contrast.js"), StandardCharsets.UTF_8);
        try (BrowserTab tab = open("operator", "")) {
            for (String page : List.of(OVERVIEW, NODE, build.getUrl() + "gpu-leases/")) {
                for (String scheme : List.of("light", "dark")) {
                    tab.prefer(scheme);
                    tab.open(JENKINS.getURL() + page);
                    assertReadable(tab, check, page + " " + scheme);
                }
            }
        }
        end(build, "themes");
    }

    /** Of what can be read nothing is missed: a text in the color of what is behind it is found. */
    private static void assertReadable(BrowserTab tab, String check, String where) throws Exception {
        String call = check.trim() + "(" + JSONObject.quote(OURS) + ", 3)";
        tab.await("it is filled", "document.querySelectorAll('.gpu-leases tbody tr, #gpu-leases tbody tr').length");
        JSONObject found = (JSONObject) tab.evaluate(call);
        assertThat(where, found.getInt("texts"), greaterThan(5));
        assertEquals(where, "[]", found.getJSONArray("faint").toString());

        String cell = "Array.from(document.querySelectorAll('.gpu-leases td, #gpu-leases td')).find(cell => /^\\s*\\S/.test(cell.innerText))";
        tab.evaluate("{ const cell = " + cell + "; cell.append('faint'); cell.style.color = 'transparent'; }");
        assertThat(where, ((JSONObject) tab.evaluate(call)).getJSONArray("faint").length(), greaterThan(0));
        tab.evaluate("{ const cell = " + cell + "; cell.lastChild.remove(); cell.style.color = ''; }");
    }

    // ---- content security policy

    @Test
    public void nothingOfOursNeedsInlineScriptOrStyle() throws Exception {
        Filter strict = (request, response, chain) -> {
            ((HttpServletResponse) response).setHeader(
                    "Content-Security-Policy-Report-Only", "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; report-uri /nowhere");
            chain.doFilter(request, response);
        };
        WorkflowRun build = lease(1, "policy");
        PluginServletFilter.addFilter(strict);
        try {
            for (String page : List.of(OVERVIEW, NODE, build.getUrl() + "gpu-leases/")) {
                assertNoViolation(page);
            }
        } finally {
            PluginServletFilter.removeFilter(strict);
        }
        end(build, "policy");
    }

    private static void assertNoViolation(String page) throws Exception {
        try (BrowserTab tab = CHROMIUM.tab()) {
            tab.logIn(JENKINS.getURL().toString(), "operator");
            tab.beforeEachDocument("window.violations = []; document.addEventListener('securitypolicyviolation', event =>"
                    + " window.violations.push({ file: event.sourceFile, element: event.target, what: event.violatedDirective }))");
            tab.open(JENKINS.getURL() + page);
            tab.await("it is filled", "document.querySelectorAll('.gpu-leases tbody tr, #gpu-leases tbody tr').length");
            String ours = "window.violations.filter(each => /gpulease/.test(each.file) || (each.element.closest &&"
                    + " each.element.closest('.gpu-leases, #gpu-leases, #gpu-matrix'))).map(each => each.what + ' ' + each.file)";
            assertEquals(page, "[]", tab.list(ours).toString());

            tab.evaluate("{ const script = document.createElement('script'); script.textContent = '0';"
                    + " document.querySelector('.gpu-leases, #gpu-leases td').append(script); }");
            tab.await("a violation of ours would be seen", ours + ".length > 0");
        }
    }
}
