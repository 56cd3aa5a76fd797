package io.jenkins.plugins.gpulease.pipeline;

import io.jenkins.plugins.gpulease.GpuTestNodes;
import org.jvnet.hudson.test.JenkinsRule;

/** A Jenkins with three agents: big and small have the label linux, and others of their own; the one without has one executor. */
final class ThreeAgents extends JenkinsRule {

    @Override
    public void before() throws Throwable {
        super.before();
        GpuTestNodes.simulatedAgent(this, "big", "4xH100:80GB", "linux fast", 4);
        GpuTestNodes.simulatedAgent(this, "small", "2xA100:40GB", "linux cheap", 4);
        GpuTestNodes.simulatedAgent(this, "single", "1xT4:16GB", "lonely", 1);
    }
}
