package io.jenkins.plugins.gpulease.pipeline;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Run;
import io.jenkins.plugins.gpulease.request.AutoMinMemory;
import io.jenkins.plugins.gpulease.request.GpuRequest;
import io.jenkins.plugins.gpulease.request.LeaseLog;
import java.io.IOException;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/** How much memory a block asks for that leaves it to earlier builds. */
final class BlockMemory {

    private BlockMemory() {}

    /** @return what the block asks for; the log says what that was learned from */
    @NonNull
    static GpuRequest resolve(@NonNull GpuRequest request, @NonNull StepContext context, @NonNull LeaseLog log)
            throws IOException, InterruptedException {
        if (!request.isAutoMemory()) {
            return request;
        }
        AutoMinMemory auto = AutoMinMemory.of(request, context.get(Run.class).getParent(), BlockName.around(context));
        log.write(auto.lines());
        return auto.request();
    }
}
