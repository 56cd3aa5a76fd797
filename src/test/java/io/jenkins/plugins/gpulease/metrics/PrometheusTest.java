package io.jenkins.plugins.gpulease.metrics;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasItem;
import static org.junit.Assert.assertEquals;

import io.jenkins.plugins.gpulease.Builds;
import io.jenkins.plugins.gpulease.Eventually;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.RealJenkinsRule;

/** What the plugin Prometheus metrics exports, in a Jenkins of its own that has it. */
public class PrometheusTest {

    private static final Pattern DOCUMENTED = Pattern.compile("^\\| `(gpulease\\.[a-z.]+)`", Pattern.MULTILINE);

    @Rule
    public final RealJenkinsRule controller = new RealJenkinsRule()
            .addPlugins("plugins/prometheus.hpi", "plugins/pipeline-graph-analysis.hpi", "plugins/pipeline-rest-api.hpi")
            .extraEnv("COLLECTING_METRICS_PERIOD_IN_SECONDS", "1");

    @Test
    public void eachDocumentedMetricIsScrapedAndHasItsValue() throws Throwable {
        controller.startJenkins();
        List<String> lines = controller.runRemotely(PrometheusTest::scrape).lines().toList();

        Set<String> names = lines.stream().map(line -> line.split("[ {]")[0]).collect(Collectors.toSet());
        List<String> documented = documented();
        assertEquals(15, documented.size());
        for (String metric : documented) {
            assertThat(names, hasItem(metric.replace('.', '_')));
        }
        for (String line : List.of(
                "gpulease_devices_total 2.0", "gpulease_devices_idle 2.0", "gpulease_devices_leased 0.0", "gpulease_leases 0.0",
                "gpulease_lease_wait_count 1.0", "gpulease_lease_held_count 1.0")) {
            assertThat(lines, hasItem(line));
        }
    }

    private static List<String> documented() throws IOException {
        return DOCUMENTED.matcher(Files.readString(Path.of("docs/metrics.md"))).results()
                .map((MatchResult row) -> row.group(1))
                .toList();
    }

    /** What is exported after a build that had a GPU. */
    private static String scrape(JenkinsRule jenkins) throws Throwable {
        GpuTestNodes.simulateBuiltIn(jenkins, "2xH100:80GB");
        Builds.succeed(jenkins, "node('built-in') { gpu { echo 'done' } }");
        Eventually.awaitNoLeaseAndNoWaiter();
        Eventually.await("the exporter has collected that",
                () -> exported(jenkins).lines().toList().containsAll(List.of("gpulease_lease_held_count 1.0", "gpulease_devices_idle 2.0")));
        return exported(jenkins);
    }

    private static String exported(JenkinsRule jenkins) throws IOException {
        try (InputStream in = new URL(jenkins.getURL(), "prometheus/").openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
