package io.jenkins.plugins.gpulease.pipeline;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Node;
import hudson.model.Run;
import io.jenkins.plugins.gpulease.request.AutoMinMemory;
import io.jenkins.plugins.gpulease.request.GpuRequest;
import io.jenkins.plugins.gpulease.request.LeaseLog;
import java.io.IOException;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/** How much memory a block asks for that leaves it to earlier builds. */
final class BlockMemory {

    private BlockMemory() {}

    /**
     * Finds it out; the log says what it was learned from.
     *
     * @param node on which the block asks; null if it asks around its node
     * @return what the block asks for
     */
    @NonNull
    static GpuRequest resolve(
            @NonNull GpuRequest request, @NonNull StepContext context, @CheckForNull Node node, @NonNull LeaseLog log)
            throws IOException, InterruptedException {
        if (!request.isAutoMemory()) {
            return request;
        }
        AutoMinMemory auto = AutoMinMemory.of(request, context.get(Run.class).getParent(), BlockName.around(context), node);
        log.write(auto.lines());
        return auto.request();
    }
}
