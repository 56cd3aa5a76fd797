package io.jenkins.plugins.gpulease.dashboard;

import hudson.Extension;
import hudson.cli.CLICommand;
import io.jenkins.plugins.gpulease.agent.NodeNames;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.args4j.Argument;
import org.kohsuke.args4j.Option;

/** {@code gpu-list}: the devices of all nodes, or of one, as a table. */
@Extension
@Restricted(NoExternalUse.class)
public final class GpuListCommand extends CLICommand {

    @Argument(metaVar = "NODE", usage = "Only the GPUs of this node")
    public String node;

    @Option(name = "--waiting", usage = "The requests that wait, instead of the GPUs")
    public boolean waiting;

    @Override
    public String getShortDescription() {
        return Messages.GpuListCommand_description();
    }

    @Override
    protected int run() {
        Viewer.check();
        CommandTables tables = new CommandTables(new Viewer(), node == null ? null : NodeNames.ofText(node));
        (waiting ? tables.waiters() : tables.devices()).forEach(stdout::println);
        return 0;
    }
}
