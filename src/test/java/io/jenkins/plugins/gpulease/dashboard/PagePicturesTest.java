package io.jenkins.plugins.gpulease.dashboard;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.junit.Assert.assertEquals;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.BoundingBox;
import com.microsoft.playwright.options.ColorScheme;
import hudson.Functions;
import hudson.model.Computer;
import hudson.model.Item;
import hudson.model.Node;
import io.jenkins.plugins.darktheme.DarkThemeSystemManagerFactory;
import io.jenkins.plugins.gpulease.Eventually;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.GpuPermissions;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.lease.DeviceView;
import io.jenkins.plugins.gpulease.engine.simulation.SimulatedLoad;
import io.jenkins.plugins.thememanager.ThemeManagerPageDecorator;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.test.steps.SemaphoreStep;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;

/**
 * Pictures of the pages with a simulated fleet at work: those of the documentation, which are renewed with
 * {@code mvn test -Dtest=PagePicturesTest -DgpuLease.pictures=docs/images}, and each page in each theme, wide and narrow, in
 * {@code target/screenshots}, for who changes a page.
 */
public class PagePicturesTest {

    private static final Path SCREENSHOTS = Path.of("target", "screenshots");

    private static final long MOST_BYTES = 200_000;

    private static final int NARROW = 800;

    /** At both ends. */
    private static final int PARTS_OF_A_PIXEL = 2;

    /** What of a page is shown: all of it, or what is right of the side panel. */
    private static final String PAGE = "body";

    private static final String MAIN_PANEL = "#main-panel";

    @ClassRule(order = 0)
    public static final Chromium CHROMIUM = new Chromium();

    @ClassRule(order = 1)
    public static final JenkinsRule JENKINS = new JenkinsRule();

    private final List<String> held = new ArrayList<>();
    private final List<WorkflowRun> builds = new ArrayList<>();

    private static Path folder() {
        return Path.of(System.getProperty("gpuLease.pictures", SCREENSHOTS.toString()));
    }

    @Test
    public void aFleetAtWork() throws Exception {
        CHROMIUM.assumeStarted();
        JENKINS.jenkins.setSecurityRealm(JENKINS.createDummySecurityRealm());
        JENKINS.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ, Item.READ, Computer.EXTENDED_READ, GpuPermissions.MANAGE).everywhere().to("mia")
                .grant(Jenkins.ADMINISTER).everywhere().to("admin"));
        JENKINS.jenkins.setNumExecutors(0);
        Functions.DEBUG_YUI = false; // else there is a console for developers on each page
        ThemeManagerPageDecorator.get().setTheme(new DarkThemeSystemManagerFactory());
        Node train = GpuTestNodes.simulatedAgent(JENKINS, "train-01", "4xH100:80GB", "training", 8);
        Node ci = GpuTestNodes.simulatedAgent(JENKINS, "ci-gpu-02", "2xT4:16GB", "", 8);
        WorkflowRun ended = train("vision-train", train);
        work("llm-finetune", train, 2);
        work("image-encoder", train, 1);
        work("cuda-kernels", ci, 1);
        drain(ci, 1);
        asks("speech-nightly", train, 2);
        asks("llm-evaluation", train, 4);
        try (SimulatedLoad load = new SimulatedLoad(loads(train))) {
            use(load);
            photographForDocumentation(ended);
            photographAll(ended);
        }
        end();
    }

    /** Where the processes of an agent announce what they do to simulated devices. */
    private static Path loads(Node node) throws Exception {
        Object temporary = node.toComputer().getSystemProperties().get("java.io.tmpdir");
        return Path.of(temporary.toString()).resolve(SimulatedLoad.defaultFolder().getFileName());
    }

    /** A build that has used its GPUs for some seconds, and has ended. */
    private static WorkflowRun train(String job, Node node) throws Exception {
        String file = loads(node) + "/$$";
        String script = "for load in '4 3' '22 61' '38 88' '46 93' '51 90' '52 95' '52 87' '53 94' '53 91' '53 96' '24 40' '6 5'; do"
                + " for id in $(echo $GPU_UUIDS | tr , ' '); do echo $id ${load% *}GB ${load#* }; done > " + file + ".new;"
                + " mv " + file + ".new " + file + "; sleep 2; done; rm " + file;
        WorkflowRun build = start(job, "node('" + node.getNodeName() + "') { gpu(count: 2, minMemory: '40 GB') { sh '''set +x; "
                + script.replace("'", "\\'") + "''' } }");
        return JENKINS.assertBuildStatusSuccess(JENKINS.waitForCompletion(build));
    }

    private void work(String job, Node node, int gpus) throws Exception {
        builds.add(start(job, "node('" + node.getNodeName() + "') { gpu(count: " + gpus + ") { semaphore '" + job + "' } }"));
        SemaphoreStep.waitForStart(job + "/1", builds.get(builds.size() - 1));
        held.add(job + "/1");
    }

    private void asks(String job, Node node, int gpus) throws Exception {
        builds.add(start(job, "node('" + node.getNodeName() + "') { gpu(count: " + gpus + ") { } }"));
        int waiters = builds.size() - held.size();
        Eventually.await(job + " waits", () -> Eventually.waiters() == waiters);
    }

    private static WorkflowRun start(String name, String script) throws Exception {
        WorkflowJob job = JENKINS.createProject(WorkflowJob.class, name);
        job.setDefinition(new CpsFlowDefinition(script, true));
        return job.scheduleBuild2(0).waitForStart();
    }

    private static void drain(Node node, int index) throws Exception {
        String uuid = GpuTestNodes.view(node).devices().get(index).device().uuid();
        DrainedDevices.get().add(new Drain(uuid, node.getNodeName(), "fan is to be replaced on Friday", "mia", Instant.now()));
    }

    private static void use(SimulatedLoad load) throws Exception {
        List<Integer> percents = List.of(78, 61, 85, 43);
        int i = 0;
        for (DeviceView device : leased()) {
            MemorySize whole = device.device().memory();
            int percent = percents.get(i++ % percents.size());
            load.use(device.device().uuid(), MemorySize.ofMib(whole.mib() * percent / 100), Math.min(100, percent + 12));
        }
    }

    private static List<DeviceView> leased() {
        return GpuLeases.get().table().views().stream()
                .flatMap(view -> view.devices().stream())
                .filter(device -> device.lease() != null)
                .toList();
    }

    private static void photographForDocumentation(WorkflowRun ended) throws Exception {
        try (Page tab = CHROMIUM.logIn("mia", Chromium.reader(JENKINS.getURL()))) {
            photograph(tab, ColorScheme.LIGHT, "gpu-leases/", 4, PAGE, "gpus-light");
            photograph(tab, ColorScheme.DARK, "gpu-leases/", 4, PAGE, "gpus-dark");
            photograph(tab, ColorScheme.LIGHT, "computer/train-01/gpus/", 3, MAIN_PANEL, "node-gpus");
            photograph(tab, ColorScheme.LIGHT, ended.getUrl() + "gpu-leases/", 0, MAIN_PANEL, "build-leases");
        }
    }

    /** @param busy number of devices that do something */
    private static void photograph(Page tab, ColorScheme scheme, String page, int busy, String part, String name) throws Exception {
        tab.setViewportSize(Chromium.WIDTH, Chromium.HEIGHT);
        show(tab, scheme, page, busy);
        tab.setViewportSize(Chromium.WIDTH, (Integer) tab.evaluate("document.documentElement.scrollHeight")); // to its end
        Path file = folder().resolve(name + ".png");
        Locator shown = tab.locator(part);
        shown.screenshot(new Locator.ScreenshotOptions().setPath(file));

        BufferedImage picture = ImageIO.read(file.toFile());
        BoundingBox box = shown.boundingBox();
        assertEquals(box.width, picture.getWidth(), PARTS_OF_A_PIXEL);
        assertEquals(box.height, picture.getHeight(), PARTS_OF_A_PIXEL);
        assertThat("something is on " + file, Files.size(file), greaterThan(20_000L));
        assertThat(file + " can be in a repository", Files.size(file), lessThan(MOST_BYTES));
    }

    private static void show(Page tab, ColorScheme scheme, String page, int busy) {
        tab.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
        tab.navigate(page);
        Locator works = tab.locator(".gpu-leases__devices tbody tr")
                .filter(new Locator.FilterOptions().setHasText(Pattern.compile("[1-9]\\d*\\s%")));
        assertThat(works).hasCount(busy);
    }

    private static void photographAll(WorkflowRun ended) throws Exception {
        for (int width : List.of(Chromium.WIDTH, NARROW)) {
            try (Page tab = CHROMIUM.logIn("admin", Chromium.reader(JENKINS.getURL()).setViewportSize(width, Chromium.HEIGHT))) {
                for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
                    String suffix = "-" + scheme.name().toLowerCase(Locale.ROOT) + "-" + width;
                    look(tab, scheme, "gpu-leases/", 4, "gpus" + suffix);
                    look(tab, scheme, "computer/train-01/gpus/", 3, "node" + suffix);
                    look(tab, scheme, ended.getUrl() + "gpu-leases/", 0, "build" + suffix);
                    look(tab, scheme, "gpu-leases/report/", 0, "report" + suffix);
                    look(tab, scheme, "computer/train-01/configure", 0, "node-config" + suffix);
                    look(tab, scheme, "manage/configure", 0, "global-config" + suffix);
                }
            }
        }
    }

    /** All of a page, whose tables need no more room than there is from left to right. */
    private static void look(Page tab, ColorScheme scheme, String page, int busy, String name) {
        show(tab, scheme, page, busy);
        tab.screenshot(new Page.ScreenshotOptions().setPath(SCREENSHOTS.resolve(name + ".png")).setFullPage(true));
        Object right = tab.evaluate("Math.max(0, ...Array.from(document.querySelectorAll('#main-panel .jenkins-table'),"
                + " table => Math.ceil(table.getBoundingClientRect().right)))");
        assertThat(name, (Integer) right, lessThanOrEqualTo(tab.viewportSize().width));
    }

    private void end() throws Exception {
        held.forEach(semaphore -> SemaphoreStep.success(semaphore, null));
        for (WorkflowRun build : builds) {
            JENKINS.assertBuildStatusSuccess(JENKINS.waitForCompletion(build));
        }
        Eventually.awaitNoLeaseAndNoWaiter();
    }
}
