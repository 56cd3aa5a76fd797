package io.jenkins.plugins.gpulease.dashboard;

import hudson.Extension;
import hudson.cli.CLICommand;
import java.io.IOException;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.args4j.Argument;
import org.kohsuke.args4j.Option;

/** {@code gpu-drain}: takes a GPU out of service. */
@Extension
@Restricted(NoExternalUse.class)
public final class GpuDrainCommand extends CLICommand {

    @Argument(metaVar = "GPU", required = true, usage = "UUID of the GPU or MIG instance; with --node also the GPU's index")
    public String device;

    @Option(name = "--node", metaVar = "NODE", usage = "The node that the GPU is part of")
    public String node;

    @Option(name = "--reason", metaVar = "TEXT", required = true, usage = "Why, for those who wait for it")
    public String reason;

    @Override
    public String getShortDescription() {
        return Messages.GpuDrainCommand_description();
    }

    @Override
    protected int run() throws IOException {
        stdout.println(GpuActions.drain(node, device, reason));
        return 0;
    }
}
