package io.jenkins.plugins.gpulease.dashboard;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import hudson.util.PluginServletFilter;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.commons.io.IOUtils;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.Test;

/** Whether the pages can be read in each theme, and load under a strict policy. */
public class PageLooksTest extends InBrowser {

    /** What belongs to this plugin's pages, the build's page included. */
    private static final String OURS = ".gpu-leases *, #gpu-leases *, #gpu-matrix *, #gpus-status, .gpu-leases__facts *";

    private static final String ROWS = ".gpu-leases tbody tr, #gpu-leases tbody tr";

    private static final double LEAST_CONTRAST = 3;

    /** As a policy without any exception would have it. */
    private static final String STRICT =
            "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; report-uri /nowhere";

    /** Violations by what is ours. */
    private static final String VIOLATIONS = "window.violations.filter(each => /gpulease/.test(each.file) || (each.element.closest &&"
            + " each.element.closest('.gpu-leases, #gpu-leases, #gpu-matrix'))).map(each => each.what + ' ' + each.file)";

    @Test
    public void textsAreReadableInLightAndDark() throws Exception {
        WorkflowRun build = lease(1, "themes");
        String check = IOUtils.toString(PageLooksTest.class.getResource("contrast.js"), StandardCharsets.UTF_8).trim()
                + "('" + OURS + "', " + LEAST_CONTRAST + ")";
        try (Page tab = open("operator", "")) {
            for (String page : pages(build)) {
                for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
                    tab.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
                    tab.navigate(page);
                    assertReadable(tab, check, page + " " + scheme);
                }
            }
        }
        end(build, "themes");
    }

    /** Of what can be read nothing is missed: a text in the color of what is behind it is found. */
    private static void assertReadable(Page tab, String check, String where) {
        tab.locator(ROWS).first().waitFor();
        Map<?, ?> found = (Map<?, ?>) tab.evaluate(check);
        assertThat(where, (Integer) found.get("texts"), greaterThan(5));
        assertThat(where, (List<?>) found.get("faint"), empty());

        Locator cell = tab.locator(".gpu-leases td, #gpu-leases td")
                .filter(new Locator.FilterOptions().setHasText(Pattern.compile("\\S")))
                .first();
        cell.evaluate("cell => { cell.append('faint'); cell.style.color = 'transparent'; }");
        assertThat(where, (List<?>) ((Map<?, ?>) tab.evaluate(check)).get("faint"), not(empty()));
        cell.evaluate("cell => { cell.lastChild.remove(); cell.style.color = ''; }");
    }

    @Test
    public void theThemeFollowsTheReader() throws Exception {
        WorkflowRun build = lease(1, "scheme");
        try (Page tab = open("operator", "")) {
            for (String page : pages(build)) {
                tab.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
                tab.navigate(page);
                tab.locator(ROWS).first().waitFor();
                Object light = tab.evaluate("getComputedStyle(document.body).backgroundColor");
                tab.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
                assertThat(page, tab.evaluate("getComputedStyle(document.body).backgroundColor"), not(light));
            }
        }
        end(build, "scheme");
    }

    @Test
    public void nothingOfOursNeedsInlineScriptOrStyle() throws Exception {
        Filter strict = (request, response, chain) -> {
            ((HttpServletResponse) response).setHeader("Content-Security-Policy-Report-Only", STRICT);
            chain.doFilter(request, response);
        };
        WorkflowRun build = lease(1, "policy");
        PluginServletFilter.addFilter(strict);
        try {
            for (String page : pages(build)) {
                assertNoViolation(page);
            }
        } finally {
            PluginServletFilter.removeFilter(strict);
        }
        end(build, "policy");
    }

    private static void assertNoViolation(String page) throws Exception {
        try (Page tab = open("operator", "")) {
            tab.addInitScript("window.violations = []; document.addEventListener('securitypolicyviolation', event =>"
                    + " window.violations.push({ file: event.sourceFile, element: event.target, what: event.violatedDirective }))");
            tab.navigate(page);
            tab.locator(ROWS).first().waitFor();
            assertThat(page, (List<?>) tab.evaluate(VIOLATIONS), hasSize(0));

            tab.locator(".gpu-leases, #gpu-leases td").first().evaluate(
                    "place => { const script = document.createElement('script'); script.textContent = '0'; place.append(script); }");
            tab.waitForFunction(VIOLATIONS + ".length > 0"); // one of ours would be seen
        }
    }
}
