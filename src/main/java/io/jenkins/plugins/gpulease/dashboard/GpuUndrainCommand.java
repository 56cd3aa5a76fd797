package io.jenkins.plugins.gpulease.dashboard;

import hudson.Extension;
import hudson.cli.CLICommand;
import java.io.IOException;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.args4j.Argument;
import org.kohsuke.args4j.Option;

/** {@code gpu-undrain}: puts a GPU back into service. */
@Extension
@Restricted(NoExternalUse.class)
public final class GpuUndrainCommand extends CLICommand {

    @Argument(metaVar = "GPU", required = true, usage = "UUID of the GPU or MIG instance; with --node also the GPU's index")
    public String device;

    @Option(name = "--node", metaVar = "NODE", usage = "The node that the GPU is part of")
    public String node;

    @Override
    public String getShortDescription() {
        return Messages.GpuUndrainCommand_description();
    }

    @Override
    protected int run() throws IOException {
        stdout.println(GpuActions.undrain(node, device));
        return 0;
    }
}
