package io.jenkins.plugins.gpulease.pipeline;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.request.LeaseText;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jenkinsci.plugins.workflow.actions.LabelAction;
import org.jenkinsci.plugins.workflow.actions.ThreadNameAction;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/**
 * The stages and parallel branches that a block is in: what tells it from the other blocks of its build, and finds it again in the
 * next build.
 */
final class BlockName {

    private static final int MAX_LENGTH = 200;

    private BlockName() {}

    /** {@code Train / left}, from outside to inside; empty if it is in none. */
    @NonNull
    static String around(@NonNull StepContext context) throws IOException, InterruptedException {
        FlowNode block = context.get(FlowNode.class);
        Deque<String> names = new ArrayDeque<>();
        if (block != null) {
            for (FlowNode enclosing : block.iterateEnclosingBlocks()) {
                String name = name(enclosing);
                if (name != null && !name.equals(names.peekFirst())) { // Declarative has a branch and a stage of the same name
                    names.addFirst(name);
                }
            }
        }
        String name = LeaseText.plain(String.join(" / ", names)).replace('\n', ' ');
        return name.length() <= MAX_LENGTH ? name : name.substring(name.length() - MAX_LENGTH);
    }

    /** A branch's label has more than its name; null for what is neither stage nor branch. */
    @CheckForNull
    private static String name(FlowNode block) {
        ThreadNameAction branch = block.getAction(ThreadNameAction.class);
        if (branch != null) {
            return branch.getThreadName();
        }
        LabelAction stage = block.getAction(LabelAction.class);
        return stage == null ? null : stage.getDisplayName();
    }
}
