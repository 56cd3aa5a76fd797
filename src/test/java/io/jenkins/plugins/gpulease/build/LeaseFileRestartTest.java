package io.jenkins.plugins.gpulease.build;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;

import hudson.model.FreeStyleProject;
import io.jenkins.plugins.gpulease.engine.device.Gpus;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsSessionRule;

public class LeaseFileRestartTest {

    @Rule
    public final JenkinsSessionRule sessions = new JenkinsSessionRule();

    @Test
    public void whatWasNotedJustBeforeShutdownIsShownAfterwards() throws Throwable {
        sessions.then(jenkins -> TestLeases.note(
                jenkins.buildAndAssertSuccess(jenkins.createFreeStyleProject("p")), "a", 41, 31_949, Gpus.h100(0)));

        sessions.then(jenkins -> assertThat(
                jenkins.createWebClient()
                        .getPage(jenkins.jenkins.getItemByFullName("p", FreeStyleProject.class).getBuildByNumber(1), "gpu-leases")
                        .getElementById("gpu-leases")
                        .asNormalizedText(),
                containsString("0: H100 80GB HBM3")));
    }
}
