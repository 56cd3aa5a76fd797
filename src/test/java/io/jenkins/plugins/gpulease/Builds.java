package io.jenkins.plugins.gpulease;

import edu.umd.cs.findbugs.annotations.NonNull;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jvnet.hudson.test.JenkinsRule;

/** Builds of Pipelines for tests. */
public final class Builds {

    private Builds() {}

    /** A new job with a Pipeline in the sandbox. */
    @NonNull
    public static WorkflowJob job(@NonNull JenkinsRule rule, @NonNull String script) throws Exception {
        WorkflowJob job = rule.createProject(WorkflowJob.class);
        job.setDefinition(new CpsFlowDefinition(script, true));
        return job;
    }

    /** A build that has begun to run. */
    @NonNull
    public static WorkflowRun start(@NonNull JenkinsRule rule, @NonNull String script) throws Exception {
        return job(rule, script).scheduleBuild2(0).waitForStart();
    }

    /** A build that has ended with success. */
    @NonNull
    public static WorkflowRun succeed(@NonNull JenkinsRule rule, @NonNull String script) throws Exception {
        return rule.buildAndAssertSuccess(job(rule, script));
    }

    /** The log of a build without its hidden notes. */
    @NonNull
    public static String log(@NonNull WorkflowRun build) throws Exception {
        return JenkinsRule.getLog(build);
    }
}
