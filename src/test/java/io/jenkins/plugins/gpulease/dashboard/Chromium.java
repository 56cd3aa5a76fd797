package io.jenkins.plugins.gpulease.dashboard;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Util;
import io.jenkins.plugins.gpulease.Eventually;
import java.io.File;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.json.JSONObject;
import org.junit.Assume;
import org.junit.rules.ExternalResource;

/**
 * The machine's own Chromium, without a window. Where there is none, the tests of its class are skipped.
 *
 * <p>It is the program that {@value #VARIABLE} names, else the first of {@link #NAMES} on the PATH.
 */
final class Chromium extends ExternalResource {

    static final String VARIABLE = "GPU_LEASE_CHROMIUM";

    private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome");

    private Path profile;
    private Process process;
    private DevTools tools;

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
    protected void before() throws Throwable {
        Path program = find();
        Assume.assumeTrue("No browser: " + NAMES + " aren't on the PATH, or " + VARIABLE + " names no program", program != null);
        profile = Files.createTempDirectory("chromium");
        process = new ProcessBuilder(program.toString(), "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
                        "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
                        "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--lang=en-US",
                        "--remote-debugging-address=127.0.0.1", "--remote-debugging-port=0", "--user-data-dir=" + profile)
                .redirectErrorStream(true)
                .redirectOutput(profile.resolve("log").toFile())
                .start();
        tools = new DevTools(address());
    }

    /** The browser writes it into its profile as soon as it listens: the port, then the path. */
    private URI address() throws Exception {
        Path file = profile.resolve("DevToolsActivePort");
        Eventually.await("the browser listens", () -> Files.exists(file) && Files.readAllLines(file).size() == 2);
        List<String> lines = Files.readAllLines(file);
        return URI.create("ws://127.0.0.1:" + lines.get(0) + lines.get(1));
    }

    /** A tab that shares neither cookies nor storage with others. */
    @NonNull
    BrowserTab tab() throws Exception {
        String context = tools.call(null, "Target.createBrowserContext", new JSONObject()).getString("browserContextId");
        JSONObject blank = new JSONObject().put("url", "about:blank").put("browserContextId", context);
        String target = tools.call(null, "Target.createTarget", blank).getString("targetId");
        JSONObject attach = new JSONObject().put("targetId", target).put("flatten", true);
        String session = tools.call(null, "Target.attachToTarget", attach).getString("sessionId");
        return new BrowserTab(tools, session, context);
    }

    @Override
    protected void after() {
        try {
            if (tools != null) {
                tools.call(null, "Browser.close", new JSONObject());
                tools.close();
            }
            if (process != null && !process.waitFor(10, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
            }
            Util.deleteRecursive(profile.toFile());
        } catch (Exception e) {
            throw new IllegalStateException("The browser can't be ended", e);
        }
    }
}
