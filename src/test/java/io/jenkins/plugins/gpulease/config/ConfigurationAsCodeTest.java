package io.jenkins.plugins.gpulease.config;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.casc.ConfigurationAsCode;
import io.jenkins.plugins.casc.yaml.YamlSource;
import io.jenkins.plugins.gpulease.agent.GpuNodeProperty;
import io.jenkins.plugins.gpulease.agent.GpuNodeSettings;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.usage.AutoMemory;
import io.jenkins.plugins.gpulease.engine.usage.HintThresholds;
import io.jenkins.plugins.gpulease.memory.LearnedMemory;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

/** All settings as code: the example of the documentation, applied and exported. */
public class ConfigurationAsCodeTest {

    private static final Pattern EXAMPLE = Pattern.compile("```yaml\\R(.*?)```", Pattern.DOTALL);

    @Rule
    public final JenkinsRule jenkins = new JenkinsRule();

    private static String example() throws Exception {
        Matcher example = EXAMPLE.matcher(Files.readString(Path.of("docs/configuration.md")));
        assertTrue("docs/configuration.md has an example", example.find());
        return example.group(1);
    }

    private static void apply(String yaml) throws Exception {
        ConfigurationAsCode.get().configureWith(YamlSource.of(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8))));
    }

    private static String export() throws Exception {
        ByteArrayOutputStream exported = new ByteArrayOutputStream();
        ConfigurationAsCode.get().export(exported);
        return exported.toString(StandardCharsets.UTF_8);
    }

    @Test
    public void theExampleOfTheDocumentationSetsEverything() throws Exception {
        apply(example());

        assertEquals(8, GpuLeaseConfiguration.get().getMaxOvertakes());
        assertEquals("30m", GpuLeaseConfiguration.get().getAgeing());
        assertEquals(
                new HintThresholds(Duration.ofSeconds(60), 40, 10, 30), GpuLeaseConfiguration.get().getUsageHints().toThresholds());
        assertEquals(new AutoMemory(MemorySize.parse("16 GB"), 25, 20), LearnedMemory.get().settings());
        assertEquals(
                new GpuNodeSettings(
                        true, "0\nmodel:T4|P4", true, false, "/opt/nvidia/libnvidia-ml.so.1", null, "1 GiB", true, "12 GB"),
                GpuNodeSettings.of(jenkins.jenkins.getNode("gpu-agent-1")));
    }

    @Test
    public void whatIsSetIsExportedUnderTheSameNames() throws Exception {
        apply(example());
        String exported = export();

        assertThat(exported, containsString("  gpuLease:\n    ageing: \"30m\"\n    autoMemory:\n"));
        assertThat(exported, containsString("- gpus:"));
        assertThat(exported, containsString("sharingMargin: \"1 GiB\""));
        assertThat(exported, containsString("failOverBudget: true"));
        assertThat(exported, containsString("autoMemoryFallback: \"12 GB\""));
        assertThat(exported, containsString("libraryPath: \"/opt/nvidia/libnvidia-ml.so.1\""));

        GpuLeaseConfiguration.get().setMaxOvertakes(0);
        GpuNodeProperty gpus = jenkins.jenkins.getNode("gpu-agent-1").getNodeProperty(GpuNodeProperty.class);
        gpus.setSharingMargin(null);
        gpus.setAutoMemoryFallback(null);
        GpuLeaseConfiguration.get().setUsageHints(null);
        GpuLeaseConfiguration.get().setAutoMemory(null);
        apply(exported);

        assertEquals(20, GpuLeaseConfiguration.get().getAutoMemory().getBuilds());
        assertEquals(40, GpuLeaseConfiguration.get().getUsageHints().getMemoryPercent());
        assertEquals(8, GpuLeaseConfiguration.get().getMaxOvertakes());
        assertEquals("1 GiB", GpuNodeSettings.of(jenkins.jenkins.getNode("gpu-agent-1")).sharingMargin());
        assertEquals("12 GB", GpuNodeSettings.of(jenkins.jenkins.getNode("gpu-agent-1")).autoMemoryFallback());
    }
}
