package io.jenkins.plugins.gpulease.pipeline;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;

import io.jenkins.plugins.gpulease.Builds;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import io.jenkins.plugins.gpulease.engine.usage.HintThresholds;
import io.jenkins.plugins.gpulease.request.Hints;
import java.time.Duration;
import org.junit.After;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

/** Hints in the logs of builds whose shells pretend to use simulated GPUs. */
public class UsageHintsLogTest {

    /** More than two periods of sampling, so that one is surely within. */
    private static final String LOAD = "sh '''d=" + System.getProperty("java.io.tmpdir") + "/gpu-lease-simulated-"
            + System.getProperty("user.name") + "; mkdir -p $d; echo \"${GPU_UUIDS%%,*} 6GB 90\" > $d/$$; sleep 2.5; rm -f $d/$$'''";

    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    @Before
    public void shortLeasesHaveHintsToo() throws Exception {
        GpuTestNodes.simulateBuiltIn(JENKINS, "2xH100:80GB");
        Hints.get().set(new HintThresholds(Duration.ZERO, 50, 15, 25));
    }

    @After
    public void defaults() {
        Hints.get().set(HintThresholds.DEFAULT);
    }

    @Test
    public void whatWasAskedForAndNotUsedIsInTheLog() throws Exception {
        String log = Builds.log(Builds.succeed(JENKINS, "node { gpu(count: 2, minMemory: '40 GB') { " + LOAD + " } }"));

        assertThat(log, containsString("GPU lease: hint: at most 6 GB of memory was used of 40 GB that the block asks for; with minMemory: '8 GB'"));
        assertThat(log, containsString("was never used (1 of 2); ask for count: 1"));
    }

    @Test
    public void switchedOffThereAreNone() throws Exception {
        Hints.get().set(null);
        String log = Builds.log(Builds.succeed(JENKINS, "node { gpu { } }"));

        assertThat(log, containsString("GPU lease: returned 1 GPU"));
        assertThat(log, not(containsString("hint")));
    }

    @Test
    public void aShortLeaseHasNone() throws Exception {
        Hints.get().set(HintThresholds.DEFAULT);

        assertThat(Builds.log(Builds.succeed(JENKINS, "node { gpu { } }")), not(containsString("hint")));
    }
}
