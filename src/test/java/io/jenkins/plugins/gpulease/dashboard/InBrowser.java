package io.jenkins.plugins.gpulease.dashboard;

import static io.jenkins.plugins.gpulease.Builds.start;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Computer;
import hudson.model.Item;
import io.jenkins.plugins.darktheme.DarkThemeSystemManagerFactory;
import io.jenkins.plugins.gpulease.Eventually;
import io.jenkins.plugins.gpulease.GpuPermissions;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import io.jenkins.plugins.gpulease.engine.lease.DeviceState;
import io.jenkins.plugins.gpulease.engine.lease.DeviceView;
import io.jenkins.plugins.thememanager.ThemeManagerPageDecorator;
import java.util.List;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.test.steps.SemaphoreStep;
import org.junit.After;
import org.junit.Before;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;

/**
 * The pages as people see and use them, in a real browser: two GPUs of the built-in node, an <i>operator</i> who may do all with them, a
 * <i>developer</i> who may read jobs, and a <i>stranger</i> who may not.
 */
public abstract class InBrowser {

    static final String OVERVIEW = "gpu-leases/";
    static final String NODE = "computer/(built-in)/gpus/";

    static final String STATE = ".gpu-leases__state";

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

    @Before
    public void inABrowser() {
        CHROMIUM.assumeStarted();
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

    @NonNull
    static Page open(@NonNull String user, @NonNull String page) throws Exception {
        Page tab = CHROMIUM.logIn(user, Chromium.reader(JENKINS.getURL()));
        tab.navigate(page);
        return tab;
    }

    /** The three pages: of all nodes, of a node, of a build. */
    @NonNull
    static List<String> pages(@NonNull WorkflowRun build) {
        return List.of(OVERVIEW, NODE, pageOf(build));
    }

    @NonNull
    static String pageOf(@NonNull WorkflowRun build) {
        return build.getUrl() + "gpu-leases/";
    }

    /** The row of a device, by its index. */
    @NonNull
    static Locator device(@NonNull Page tab, int index) {
        return tab.locator(".gpu-leases__devices tbody tr").nth(index);
    }

    /** A build that has GPUs until its semaphore is released. */
    @NonNull
    static WorkflowRun lease(int gpus, @NonNull String semaphore) throws Exception {
        WorkflowRun build = start(JENKINS, "node('built-in') { gpu(count: " + gpus + ") { semaphore '" + semaphore + "' } }");
        SemaphoreStep.waitForStart(semaphore + "/1", build);
        return build;
    }

    static void end(@NonNull WorkflowRun build, @NonNull String semaphore) throws Exception {
        SemaphoreStep.success(semaphore + "/1", null);
        JENKINS.assertBuildStatusSuccess(JENKINS.waitForCompletion(build));
    }

    @NonNull
    static DeviceState first() {
        return GpuTestNodes.view(JENKINS.jenkins).devices().get(0).state();
    }
}
