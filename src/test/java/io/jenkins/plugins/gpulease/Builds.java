package io.jenkins.plugins.gpulease;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.concurrent.TimeUnit;
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

    /** The same for a job with a name, which tells it from others in the table of leases and after a restart. */
    @NonNull
    public static WorkflowRun start(@NonNull JenkinsRule rule, @NonNull String name, @NonNull String script) throws Exception {
        WorkflowJob job = rule.createProject(WorkflowJob.class, name);
        job.setDefinition(new CpsFlowDefinition(script, true));
        return job.scheduleBuild2(0).waitForStart();
    }

    /** The first build of a job with a name. */
    @NonNull
    public static WorkflowRun first(@NonNull JenkinsRule rule, @NonNull String name) {
        return rule.jenkins.getItemByFullName(name, WorkflowJob.class).getBuildByNumber(1);
    }

    /** A build that has ended with success. */
    @NonNull
    public static WorkflowRun succeed(@NonNull JenkinsRule rule, @NonNull String script) throws Exception {
        return rule.buildAndAssertSuccess(job(rule, script));
    }

    /** Gives the job of a running build another name, while its Pipeline writes nothing: what is being written would go astray. */
    public static void rename(@NonNull WorkflowRun build, @NonNull String name) throws Exception {
        build.getExecution().getCurrentExecutions(false).get(60, TimeUnit.SECONDS); // told after all that was written before
        build.getParent().renameTo(name);
    }

    /** The log of a build without its hidden notes. */
    @NonNull
    public static String log(@NonNull WorkflowRun build) throws Exception {
        return JenkinsRule.getLog(build);
    }
}
