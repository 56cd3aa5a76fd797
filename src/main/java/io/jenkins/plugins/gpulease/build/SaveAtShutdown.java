package io.jenkins.plugins.gpulease.build;

import hudson.init.Terminator;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionList;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Writes down what builds noted of their leases in the last seconds, once no Pipeline goes on. */
@Restricted(NoExternalUse.class)
public final class SaveAtShutdown {

    private SaveAtShutdown() {}

    @Terminator(requires = FlowExecutionList.EXECUTIONS_SUSPENDED)
    public static void save() {
        LeaseHistory.saveAll();
    }
}
