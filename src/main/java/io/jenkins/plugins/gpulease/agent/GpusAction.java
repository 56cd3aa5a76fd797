package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Action;
import hudson.model.Computer;
import hudson.security.AccessDeniedException3;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.lease.NodeView;
import java.util.Collection;
import java.util.List;
import jenkins.model.Jenkins;
import jenkins.model.TransientActionFactory;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.HttpResponses;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** The page "GPUs" of a node: its devices, who has them, who waits for them, and a button to look again. */
@Restricted(NoExternalUse.class)
public final class GpusAction implements Action {

    private final Computer computer;

    GpusAction(@NonNull Computer computer) {
        this.computer = computer;
    }

    @NonNull
    public Computer getComputer() {
        return computer;
    }

    /** Null, which hides the link, for who can do nothing about a node that has no GPUs. */
    @CheckForNull
    @Override
    public String getIconFileName() {
        return isRescannable() || hasGpus() ? "symbol-gpu plugin-gpu-lease" : null;
    }

    private boolean hasGpus() {
        return GpuLeases.get().table().view(NodeNames.of(computer)).map(NodeView::inventory).map(Inventory::status)
                .filter(status -> status != Inventory.Status.NO_HARDWARE && status != Inventory.Status.UNKNOWN)
                .isPresent();
    }

    @NonNull
    @Override
    public String getDisplayName() {
        return Messages.GpusAction_displayName();
    }

    @NonNull
    @Override
    public String getUrlName() {
        return "gpus";
    }

    /** Whether the person who asks may have the node looked at again, and read who uses it. */
    public boolean isRescannable() {
        return computer.hasPermission(Computer.CONFIGURE);
    }

    /** What the page shows: one state for all of it. */
    @NonNull
    public GpusPage getPage() {
        return GpusPage.of(NodeNames.of(computer), isRescannable());
    }

    /** The page that says why GPUs aren't seen. */
    @NonNull
    public DiagnosisPage getDiagnosis() {
        return new DiagnosisPage(this);
    }

    /** Looks at the node again; the page tells what was found. */
    @RequirePOST
    public HttpResponse doRescan() {
        if (!isRescannable()) { // the built-in node asks for more than its access control list
            throw new AccessDeniedException3(Jenkins.getAuthentication2(), Computer.CONFIGURE);
        }
        GpuNodes.rescan(computer);
        return HttpResponses.redirectTo(".");
    }

    /** Adds the page to every node. */
    @Extension
    public static final class Factory extends TransientActionFactory<Computer> {

        @Override
        public Class<Computer> type() {
            return Computer.class;
        }

        @NonNull
        @Override
        public Collection<? extends Action> createFor(@NonNull Computer target) {
            return List.of(new GpusAction(target));
        }
    }
}
