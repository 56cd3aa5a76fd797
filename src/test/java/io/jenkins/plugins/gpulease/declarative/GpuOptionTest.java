package io.jenkins.plugins.gpulease.declarative;

import io.jenkins.plugins.gpulease.Builds;
import io.jenkins.plugins.gpulease.Eventually;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.After;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

/** The step in Declarative, which is strict about the types of parameters. */
public class GpuOptionTest {

    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    private static final String SAY = "echo \"${env.GPU_COUNT} for ${env.STAGE_NAME}\"";

    @BeforeClass
    public static void aNode() throws Exception {
        GpuTestNodes.simulateBuiltIn(JENKINS, "3xH100:80GB");
    }

    @After
    public void nothingIsLeft() throws Exception {
        Eventually.awaitNoLeaseAndNoWaiter();
    }

    @Test
    public void aCountIsANumberOrAText() throws Exception {
        WorkflowRun build = Builds.succeed(JENKINS, "pipeline { agent any\n stages {\n"
                + " stage('number') { steps { gpu(count: 2) { " + SAY + " } } }\n"
                + " stage('text') { steps { gpu(count: '2', minMemory: '40 GB') { " + SAY + " } } }\n"
                + " stage('all') { steps { gpu(count: 'all') { " + SAY + " } } } } }");
        JENKINS.assertLogContains("2 for number", build);
        JENKINS.assertLogContains("2 for text", build);
        JENKINS.assertLogContains("3 for all", build);
    }

    @Test
    public void aPipelineMayLeaseGpusOfItsAgentForAllItsStages() throws Exception {
        WorkflowRun build = Builds.succeed(JENKINS, "pipeline { agent any\n options { gpu(count: 2) }\n stages {\n"
                + " stage('one') { steps { " + SAY + " } }\n stage('two') { steps { " + SAY + " } } } }");
        JENKINS.assertLogContains("GPU lease: asked for 2 GPUs on built-in", build);
        JENKINS.assertLogContains("2 for one", build);
        JENKINS.assertLogContains("2 for two", build);
    }

    @Test
    public void withoutAnAgentAroundItTheAgentsOfTheStagesComeWithTheGpus() throws Exception {
        WorkflowRun build = Builds.succeed(JENKINS, "pipeline { agent none\n options { gpu(count: 2) }\n stages {\n"
                + " stage('one') { agent any\n steps { " + SAY + " } }\n stage('two') { agent any\n steps { " + SAY + " } } } }");
        JENKINS.assertLogContains("GPU lease: asked for 2 GPUs on any node that may run it", build);
        JENKINS.assertLogContains("2 for one", build);
        JENKINS.assertLogContains("2 for two", build);
    }

    @Test
    public void aStageMayLeaseGpusOfThePipelinesAgent() throws Exception {
        WorkflowRun build = Builds.succeed(JENKINS, "pipeline { agent any\n stages {\n"
                + " stage('none') { steps { " + SAY + " } }\n"
                + " stage('two') {\n options { gpu(count: 2) }\n steps { " + SAY + " } } } }");
        JENKINS.assertLogContains("null for none", build);
        JENKINS.assertLogContains("2 for two", build);
    }
}
