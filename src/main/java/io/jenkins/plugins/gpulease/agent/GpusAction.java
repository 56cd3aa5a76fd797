package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Action;
import hudson.model.Computer;
import hudson.security.AccessDeniedException3;
import hudson.security.Permission;
import io.jenkins.plugins.gpulease.ActionListener;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.GpuPermissions;
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
import org.kohsuke.stapler.StaplerProxy;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** The page "GPUs" of a node: its devices, who has them, who waits for them, how they are connected, and a button to look again. */
@Restricted(NoExternalUse.class)
public final class GpusAction implements Action, StaplerProxy {

    private final Computer computer;

    GpusAction(@NonNull Computer computer) {
        this.computer = computer;
    }

    @NonNull
    public Computer getComputer() {
        return computer;
    }

    @Override
    public Object getTarget() {
        check(GpuPermissions.VIEW);
        return this;
    }

    /** @throws AccessDeniedException3 if the current user hasn't the permission for the node */
    void check(@NonNull Permission permission) {
        if (!computer.hasPermission(permission)) { // the built-in node asks for more than its access control list
            throw new AccessDeniedException3(Jenkins.getAuthentication2(), permission);
        }
    }

    /** Null, which hides the link, for who may not see it, or can do nothing about a node that has no GPUs. */
    @CheckForNull
    @Override
    public String getIconFileName() {
        return computer.hasPermission(GpuPermissions.VIEW) && (isRescannable() || hasGpus()) ? "symbol-gpu plugin-gpu-lease" : null;
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

    /** Whether the person who asks may have the node looked at again. */
    public boolean isRescannable() {
        return computer.hasPermission(GpuPermissions.MANAGE);
    }

    /** What the page shows: one state for all of it. */
    @NonNull
    public GpusPage getPage() {
        return GpusPage.of(NodeNames.of(computer), isRescannable() || computer.hasPermission(Computer.EXTENDED_READ));
    }

    /** The page that says why GPUs aren't seen. */
    @NonNull
    public DiagnosisPage getDiagnosis() {
        return new DiagnosisPage(this);
    }

    /** Looks at the node again; the page tells what was found. */
    @RequirePOST
    public HttpResponse doRescan() {
        check(GpuPermissions.MANAGE);
        ActionListener.tell(NodeNames.of(computer), Messages.GpusAction_lookedAgain());
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
