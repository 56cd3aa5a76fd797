package io.jenkins.plugins.gpulease.memory;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import hudson.model.FreeStyleProject;
import io.jenkins.plugins.gpulease.engine.usage.AutoMemory;
import io.jenkins.plugins.gpulease.engine.usage.PeakLesson;
import java.io.File;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

public class JobMemoryTest {

    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    private static List<Integer> builds(JobMemory memory, FreeStyleProject job, String block) {
        return memory.lessons(job, block).stream().map(PeakLesson::build).toList();
    }

    @Test
    public void aBoundedNumberOfBlocksAndBuildsIsKept() throws Exception {
        FreeStyleProject job = JENKINS.createFreeStyleProject();
        JobMemory memory = new JobMemory();
        String longest = "b".repeat(190);
        for (int build = 1; build <= AutoMemory.MAX_BUILDS + 5; build++) {
            Map<String, BlockPeak> peaks = new LinkedHashMap<>();
            for (int block = 0; block < 2 * JobMemory.MAX_BLOCKS; block++) {
                peaks.put(longest + block, new BlockPeak(build, 79_000_000_000L + build, 85_899_345_920L));
            }
            memory.teach(job, peaks);
        }
        String newest = longest + (2 * JobMemory.MAX_BLOCKS - 1);

        JobMemory read = new JobMemory();
        assertEquals(AutoMemory.MAX_BUILDS, read.lessons(job, newest).size());
        assertEquals(Integer.valueOf(AutoMemory.MAX_BUILDS + 5), builds(read, job, newest).get(AutoMemory.MAX_BUILDS - 1));
        assertEquals(List.of(), read.lessons(job, longest + 0));
        long bytes = new File(job.getRootDir(), JobMemory.FILE).length();
        assertTrue(bytes + " bytes", bytes < 500_000);
    }

    @Test
    public void aBuildThatTeachesTwiceCountsOnceAndOrderIsThatOfBuilds() throws Exception {
        FreeStyleProject job = JENKINS.createFreeStyleProject();
        JobMemory memory = new JobMemory();
        for (int build : new int[] {3, 1, 2, 3}) {
            memory.teach(job, Map.of("a", new BlockPeak(build, 1_000, null)));
        }
        assertEquals(List.of(1, 2, 3), builds(memory, job, "a"));
    }

    @Test
    public void whatMakesNoSenseTeachesNothing() {
        assertTrue(new BlockPeak(1, 0, null).lesson().isEmpty());
        assertTrue(new BlockPeak(1, Long.MAX_VALUE, null).lesson().isEmpty());
        assertTrue(new BlockPeak(1, 2_000, 1_000L).lesson().isEmpty());
        assertTrue(new BlockPeak(1, 1_000, 1_000L).lesson().isPresent());
    }
}
