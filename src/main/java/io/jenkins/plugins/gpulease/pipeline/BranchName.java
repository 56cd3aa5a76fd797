package io.jenkins.plugins.gpulease.pipeline;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.request.LeaseText;
import java.io.IOException;
import org.jenkinsci.plugins.workflow.actions.ThreadNameAction;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/** The parallel branch that a block is in: what tells the blocks of one build from each other, for people. */
final class BranchName {

    private static final int MAX_LENGTH = 60;

    private BranchName() {}

    /** The innermost branch around a block; null if there is none. */
    @CheckForNull
    static String around(@NonNull StepContext context) throws IOException, InterruptedException {
        FlowNode block = context.get(FlowNode.class);
        if (block == null) {
            return null;
        }
        for (FlowNode enclosing : block.iterateEnclosingBlocks()) {
            ThreadNameAction branch = enclosing.getAction(ThreadNameAction.class);
            if (branch != null) {
                return readable(branch.getThreadName());
            }
        }
        return null;
    }

    /** Anybody who writes a Jenkinsfile chooses it. */
    private static String readable(String name) {
        String plain = LeaseText.plain(name).replace('\n', ' ');
        return plain.length() <= MAX_LENGTH ? plain : plain.substring(0, MAX_LENGTH - 1) + "…";
    }
}
