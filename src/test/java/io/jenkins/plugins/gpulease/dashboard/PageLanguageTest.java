package io.jenkins.plugins.gpulease.dashboard;

import static io.jenkins.plugins.gpulease.Builds.start;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;

import com.microsoft.playwright.Page;
import hudson.Functions;
import io.jenkins.plugins.gpulease.Eventually;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import io.jenkins.plugins.gpulease.agent.NodeNames;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.PropertyResourceBundle;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.test.steps.SemaphoreStep;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.jvnet.localizer.LocaleProvider;

/** The pages of somebody whose browser asks for Chinese. */
public class PageLanguageTest extends InBrowser {

    /** Where the texts of the pages are. What the engine says of a request, and why it waits, is in English for everybody. */
    private static final List<String> TEXTS = List.of("agent", "build", "dashboard");

    private static final Path RESOURCES = Path.of("src/main/resources/io/jenkins/plugins/gpulease");

    /** Behind a text of ours no letter goes on: {@code idle} isn't part of another word. */
    private static final String WORD = "(?<![A-Za-z])%s(?![A-Za-z])";

    private static final int SHORTEST_WORD = 3;

    private final LocaleProvider usual = LocaleProvider.getProvider();

    /** As the start of a Jenkins does, which {@code JenkinsRule} leaves out: the texts are for whose browser asks. */
    @Before
    public void whoAsksIsAnswered() {
        LocaleProvider.setProvider(new LocaleProvider() {
            @Override
            public Locale get() {
                return Functions.getCurrentLocale();
            }
        });
    }

    @After
    public void nobodyIsAsked() {
        LocaleProvider.setProvider(usual);
    }

    @Test
    public void thePagesAreInChinese() throws Exception {
        GpuTestNodes.awaitDiscovery(JENKINS.jenkins);
        WorkflowRun build = start(JENKINS, "node('built-in') { gpu { semaphore 'ended' }; gpu { semaphore 'held' } }");
        SemaphoreStep.waitForStart("ended/1", build);
        SemaphoreStep.success("ended/1", null);
        SemaphoreStep.waitForStart("held/1", build);
        String other = GpuTestNodes.view(JENKINS.jenkins).devices().get(1).device().uuid();
        DrainedDevices.get().add(new Drain(other, NodeNames.of(JENKINS.jenkins), "风扇", "mia", Instant.now()));
        WorkflowRun waiting = start(JENKINS, "node('built-in') { gpu { } }");
        Eventually.await("a build waits", () -> Eventually.waiters() == 1);

        assertChinese(OVERVIEW, "节点", "显存", "负载", "状态", "谁或为何", "已租用", "已停用", "释放", "恢复使用", "等待", "为什么", "报告");
        assertChinese(NODE, "GPU 可以读取", "驱动程序", "上次检查于", "已租用", "释放", "连接", "NUMA 节点");
        assertChinese(build.getUrl() + "gpu-leases/", "GPU 租约", "等待时间", "持有时间", "到目前为止", "平均利用率", "能耗", "释放");

        end(build, "held");
        JENKINS.assertBuildStatusSuccess(JENKINS.waitForCompletion(waiting));
    }

    private static void assertChinese(String page, String... texts) throws Exception {
        try (Page tab = CHROMIUM.logIn("operator", Chromium.reader(JENKINS.getURL()).setLocale("zh-CN"))) {
            tab.navigate(page);
            tab.locator(".gpu-leases tbody tr, #gpu-leases tbody tr").first().waitFor();
            String seen = tab.locator("#main-panel").innerText();
            for (String text : texts) {
                assertThat(page, seen, containsString(text));
            }
            assertThat(page, englishIn(seen), empty());

            tab.locator("#main-panel h1").evaluate("title => title.append(' leased')");
            assertThat("what is English is found", englishIn(tab.locator("#main-panel").innerText()), hasItem("leased"));
        }
    }

    /** English texts of this plugin that have a translation, and are in a text nevertheless. */
    private static Set<String> englishIn(String seen) throws IOException {
        Set<String> found = new TreeSet<>();
        for (String english : translated()) {
            if (Pattern.compile(WORD.formatted(Pattern.quote(english))).matcher(seen).find()) {
                found.add(english);
            }
        }
        return found;
    }

    /** What is between the placeholders of English texts that have a translation, without what is in the translation, too. */
    private static Set<String> translated() throws IOException {
        Set<String> texts = new TreeSet<>();
        for (String folder : TEXTS) {
            try (Stream<Path> files = Files.walk(RESOURCES.resolve(folder))) {
                for (Path chinese : files.filter(file -> file.toString().endsWith("_zh_CN.properties")).toList()) {
                    addTranslated(chinese, texts);
                }
            }
        }
        assertThat(texts.size(), greaterThan(100));
        return texts;
    }

    private static void addTranslated(Path chinese, Set<String> texts) throws IOException {
        Path english = Path.of(chinese.toString().replace("_zh_CN", ""));
        PropertyResourceBundle original = Files.exists(english) ? read(english) : null;
        PropertyResourceBundle translation = read(chinese);
        for (String key : translation.keySet()) {
            String text = original != null && original.containsKey(key) ? original.getString(key) : key;
            pieces(text).filter(piece -> !translation.getString(key).contains(piece)).forEach(texts::add);
        }
    }

    private static Stream<String> pieces(String text) {
        return Stream.of(text.replace("''", "'").split("\\{\\d[^}]*}")).map(String::strip).filter(piece -> piece.length() >= SHORTEST_WORD);
    }

    private static PropertyResourceBundle read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return new PropertyResourceBundle(in);
        }
    }
}
