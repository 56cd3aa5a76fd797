package io.jenkins.plugins.gpulease.dashboard;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.File;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.Assume;
import org.junit.AssumptionViolatedException;
import org.junit.rules.ExternalResource;

/**
 * The machine's own Chromium, without a window, led by Playwright. Where there is none, or Playwright's driver can't be started,
 * {@link #assumeStarted} skips a test with the reason: one by one, since of a class that is skipped as a whole no report tells.
 *
 * <p>It is the program that {@value #VARIABLE} names, else the first of {@link #NAMES} on the PATH.
 */
final class Chromium extends ExternalResource {

    static final String VARIABLE = "GPU_LEASE_CHROMIUM";

    static final int WIDTH = 1280;
    static final int HEIGHT = 800;

    private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome");

    private static final double PATIENCE_MS = 60_000;

    private Playwright playwright;
    private Browser browser;

    /** Why there is no browser. */
    @CheckForNull
    private AssumptionViolatedException obstacle;

    @CheckForNull
    private static Path find() {
        String named = System.getenv(VARIABLE);
        Stream<Path> candidates = named != null && !named.isEmpty()
                ? Stream.of(Path.of(named))
                : NAMES.stream().flatMap(name -> Stream.of(System.getenv("PATH").split(File.pathSeparator))
                        .map(folder -> Path.of(folder, name)));
        return candidates.filter(file -> Files.isRegularFile(file) && Files.isExecutable(file)).findFirst().orElse(null);
    }

    @Override
    protected void before() {
        try {
            start();
        } catch (AssumptionViolatedException e) {
            obstacle = e;
        }
    }

    private void start() {
        Path program = find();
        Assume.assumeTrue("No browser: " + NAMES + " aren't on the PATH, or " + VARIABLE + " names no program", program != null);
        playwright = driver();
        PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MS);
        browser = playwright.chromium().launch(new BrowserType.LaunchOptions()
                .setExecutablePath(program)
                .setArgs(List.of("--disable-gpu", "--disable-quic"))
                .setTimeout(PATIENCE_MS));
    }

    /** Skips the test that runs if there is no browser. */
    void assumeStarted() {
        if (obstacle != null) {
            throw obstacle;
        }
    }

    /** A Node.js program that Playwright unpacks into the folder for temporary files, once for each JVM; it goes when the JVM ends. */
    private static Playwright driver() {
        try {
            return Playwright.create(
                    new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        } catch (RuntimeException e) {
            throw new AssumptionViolatedException("Playwright's driver can't be started from " + System.getProperty("java.io.tmpdir")
                    + "; perhaps programs there can't be executed (noexec), or it is full: PLAYWRIGHT_NODEJS_PATH names a Node.js"
                    + " that is installed", e);
        }
    }

    /** Who opens pages of a Jenkins: an English reader whose window is {@value #WIDTH} × {@value #HEIGHT} pixels. */
    @NonNull
    static Browser.NewPageOptions reader(@NonNull URL jenkins) {
        return new Browser.NewPageOptions()
                .setBaseURL(jenkins.toString())
                .setViewportSize(WIDTH, HEIGHT)
                .setLocale("en-US");
    }

    /** A tab of somebody who has logged in to a Jenkins in which a user's password is the user's name; it shares nothing with others. */
    @NonNull
    Page logIn(@NonNull String user, @NonNull Browser.NewPageOptions reader) {
        Page page = browser.newPage(reader);
        page.setDefaultTimeout(PATIENCE_MS);
        page.navigate("login");
        page.locator("[name=j_username]").fill(user);
        page.locator("[name=j_password]").fill(user);
        page.locator("[name=j_password]").press("Enter");
        page.waitForURL(url -> !url.contains("login"));
        return page;
    }

    @Override
    protected void after() {
        if (playwright != null) {
            playwright.close();
        }
    }
}
