package io.jenkins.plugins.gpulease.dashboard;

import hudson.Extension;
import hudson.cli.CLICommand;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.args4j.Argument;

/** {@code gpu-release}: ends a lease and stops what holds it. */
@Extension
@Restricted(NoExternalUse.class)
public final class GpuReleaseCommand extends CLICommand {

    @Argument(metaVar = "LEASE", required = true, usage = "Id of the lease, as gpu-list shows it")
    public String lease;

    @Override
    public String getShortDescription() {
        return Messages.GpuReleaseCommand_description();
    }

    @Override
    protected int run() {
        stdout.println(GpuActions.release(lease));
        return 0;
    }
}
