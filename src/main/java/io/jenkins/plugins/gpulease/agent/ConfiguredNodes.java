package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.XmlFile;
import hudson.model.Node;
import hudson.model.Saveable;
import hudson.model.listeners.SaveableListener;
import jenkins.model.NodeListener;

/** Follows the configuration of nodes: other settings mean another look; a removed node is forgotten. */
@Extension
public final class ConfiguredNodes extends NodeListener {

    @Override
    protected void onUpdated(@NonNull Node before, @NonNull Node now) {
        if (!before.getNodeName().equals(now.getNodeName())) {
            onDeleted(before);
        }
        rescanIfChanged(now);
    }

    @Override
    protected void onDeleted(@NonNull Node node) {
        GpuNodes.get().forget(NodeNames.of(node));
        Diagnoses.get().forget(NodeNames.of(node));
    }

    private static void rescanIfChanged(Node node) {
        NodeProbe probe = GpuNodes.get().of(NodeNames.of(node));
        if (probe.isOutdated(GpuNodeSettings.of(node))) {
            probe.rescan(false);
        }
    }

    /** Nodes that are saved in place, the built-in one among them, are no update to a {@link NodeListener}. */
    @Extension
    public static final class Saved extends SaveableListener {

        @Override
        public void onChange(Saveable saved, XmlFile file) {
            if (saved instanceof Node node && NodeNames.node(NodeNames.of(node)) == node) {
                rescanIfChanged(node);
            }
        }
    }
}
