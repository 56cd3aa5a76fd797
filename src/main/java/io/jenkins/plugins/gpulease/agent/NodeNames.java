package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Computer;
import hudson.model.Node;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Names of nodes as the table of leases knows them: Jenkins' own, but for the built-in node, which has an empty one there and
 * is called {@value #BUILT_IN} here, as in the variable {@code NODE_NAME}.
 */
@Restricted(NoExternalUse.class)
public final class NodeNames {

    public static final String BUILT_IN = "built-in";

    /** An agent may have that very name; this is one that none can have ({@link Jenkins#checkGoodName} refuses colons). */
    private static final String NAMESAKE = "agent:" + BUILT_IN;

    private NodeNames() {}

    @NonNull
    public static String of(@NonNull Node node) {
        return of(node.getNodeName());
    }

    @NonNull
    public static String of(@NonNull Computer computer) {
        return of(computer.getName());
    }

    static String of(String jenkinsName) {
        return jenkinsName.isEmpty() ? BUILT_IN : jenkinsName.equals(BUILT_IN) ? NAMESAKE : jenkinsName;
    }

    /** The name of a node as a person writes it: Jenkins' own, or what the built-in node is called on its page. */
    @NonNull
    public static String ofText(@NonNull String text) {
        String name = text.strip();
        return name.isEmpty() || name.equals("(built-in)") || name.equals(BUILT_IN) && Jenkins.get().getNode(BUILT_IN) == null
                ? BUILT_IN
                : of(name);
    }

    /** Jenkins' own name of a node. */
    @NonNull
    public static String jenkinsName(@NonNull String name) {
        return name.equals(BUILT_IN) ? "" : name.equals(NAMESAKE) ? BUILT_IN : name;
    }

    /** What the variable {@code NODE_NAME} is in a step on a node. */
    @NonNull
    public static String variable(@NonNull String name) {
        String jenkinsName = jenkinsName(name);
        return jenkinsName.isEmpty() ? Jenkins.get().getSelfLabel().getName() : jenkinsName;
    }

    /** The name of the node that a step runs on, from the variable {@code NODE_NAME}. */
    @NonNull
    public static String ofVariable(@NonNull String variable) {
        return variable.equals(Jenkins.get().getSelfLabel().getName()) ? BUILT_IN : of(variable);
    }

    /** The node of a name; null if there is none any more. */
    @CheckForNull
    public static Node node(@NonNull String name) {
        String jenkinsName = jenkinsName(name);
        return jenkinsName.isEmpty() ? Jenkins.get() : Jenkins.get().getNode(jenkinsName);
    }

    /** The computer of a name; null if the node is gone, or has no executors. */
    @CheckForNull
    public static Computer computer(@NonNull String name) {
        Node node = node(name);
        return node == null ? null : node.toComputer();
    }
}
