package io.jenkins.plugins.gpulease.dashboard;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Api;
import hudson.model.RootAction;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.GpuPermissions;
import io.jenkins.plugins.gpulease.agent.LiveReadings;
import io.jenkins.plugins.gpulease.agent.NodeNames;
import io.jenkins.plugins.gpulease.report.FleetReportPage;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerProxy;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.StaplerResponse2;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** The page "GPUs" of all nodes: what is idle, who has the rest, who waits, and what people may do about it. */
@Extension
@ExportedBean
@Restricted(NoExternalUse.class)
public final class GpusRootAction implements RootAction, StaplerProxy {

    static final String URL = "gpu-leases";

    /** Whoever may see the GPUs of any node gets in; what is shown is less than that, node by node. */
    @Override
    public Object getTarget() {
        Viewer.check();
        return this;
    }

    @CheckForNull
    @Override
    public String getIconFileName() {
        return Jenkins.get().hasPermission(GpuPermissions.VIEW) ? "symbol-gpu plugin-gpu-lease" : null;
    }

    @NonNull
    @Override
    public String getDisplayName() {
        return Messages.GpusRootAction_displayName();
    }

    @NonNull
    @Override
    public String getUrlName() {
        return URL;
    }

    /** The page below this one that adds up what all GPUs did. */
    @NonNull
    public FleetReportPage getReport() {
        return new FleetReportPage();
    }

    // ---- what the script asks

    /**
     * Everything that the reader may see, or one node; status 304 if the reader has that already. Waits for no agent.
     *
     * @param node as Jenkins names it; empty for all
     */
    public void doLive(StaplerRequest2 request, StaplerResponse2 response, @QueryParameter String node) throws IOException {
        LiveReadings.get().want();
        Live live = Live.get();
        Snapshot snapshot = live.snapshot();
        String tag = live.tag(snapshot);
        response.setHeader("ETag", tag);
        if (tag.equals(request.getHeader("If-None-Match"))) {
            response.setHeader("Cache-Control", "private, no-cache");
            response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
            return;
        }
        Answers.write(response, live.json(snapshot, node == null || node.isEmpty() ? null : NodeNames.ofText(node)));
    }

    /** Why a request waits; for who may see its build, whose log tells the same. */
    public HttpResponse doExplain(@QueryParameter String id) {
        Snapshot snapshot = Live.get().snapshot();
        Viewer viewer = new Viewer();
        boolean known = Stream.concat(
                        snapshot.floating().stream(), snapshot.nodes().stream().flatMap(part -> part.waiters().stream()))
                .anyMatch(part -> part.id().equals(id) && viewer.sees(part.job()));
        List<String> lines = known ? GpuLeases.get().table().explain(id) : List.of();
        return Answers.json(
                lines.isEmpty() ? HttpServletResponse.SC_NOT_FOUND : HttpServletResponse.SC_OK,
                new JsonText().put("lines", lines).end());
    }

    // ---- what people do; each action checks the permission for the node that it concerns

    @RequirePOST
    public HttpResponse doRelease(@QueryParameter(required = true) String lease) throws IOException {
        return Answers.to(() -> GpuActions.release(lease));
    }

    @RequirePOST
    public HttpResponse doDrain(@QueryParameter(required = true) String device, @QueryParameter String reason)
            throws IOException {
        return Answers.to(() -> GpuActions.drain(null, device, reason));
    }

    @RequirePOST
    public HttpResponse doUndrain(@QueryParameter(required = true) String device) throws IOException {
        return Answers.to(() -> GpuActions.undrain(null, device));
    }

    // ---- REST

    @NonNull
    public Api getApi() {
        return new Api(this);
    }

    @Exported(inline = true)
    @NonNull
    public List<NodeBean> getNodes() {
        return Beans.ofCurrentUser().nodes();
    }

    @Exported(inline = true)
    @NonNull
    public List<LeaseBean> getLeases() {
        return Beans.ofCurrentUser().leases();
    }

    @Exported(inline = true)
    @NonNull
    public List<WaiterBean> getWaiters() {
        return Beans.ofCurrentUser().waiters();
    }
}
