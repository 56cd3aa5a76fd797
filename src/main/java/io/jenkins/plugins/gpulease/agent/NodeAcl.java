package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Computer;
import hudson.security.AccessDeniedException3;
import hudson.security.Permission;
import jenkins.model.Jenkins;

/** What the current user may do with a node; with one that is gone, what with all of Jenkins. */
public final class NodeAcl {

    private NodeAcl() {}

    public static boolean has(@NonNull String node, @NonNull Permission permission) {
        Computer computer = NodeNames.computer(node);
        return computer == null ? Jenkins.get().hasPermission(permission) : computer.hasPermission(permission);
    }

    /** @throws AccessDeniedException3 if the current user hasn't the permission */
    public static void check(@NonNull String node, @NonNull Permission permission) {
        if (!has(node, permission)) {
            throw new AccessDeniedException3(Jenkins.getAuthentication2(), permission);
        }
    }
}
