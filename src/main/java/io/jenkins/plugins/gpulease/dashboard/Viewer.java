package io.jenkins.plugins.gpulease.dashboard;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Computer;
import hudson.model.Item;
import hudson.security.AccessDeniedException3;
import io.jenkins.plugins.gpulease.GpuPermissions;
import io.jenkins.plugins.gpulease.agent.NodeAcl;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import jenkins.model.Jenkins;
import org.springframework.security.access.AccessDeniedException;

/** What the current user may see. For one answer; not thread-safe. */
final class Viewer implements Sight {

    private final boolean unlimited = Jenkins.get().hasPermission(Jenkins.ADMINISTER);
    private final Map<String, Boolean> jobs = new HashMap<>();

    /** @throws AccessDeniedException3 if the current user may see the GPUs of no node at all */
    static void check() {
        Jenkins jenkins = Jenkins.get();
        if (!jenkins.hasPermission(GpuPermissions.VIEW)
                && Stream.of(jenkins.getComputers()).noneMatch(computer -> computer.hasPermission(GpuPermissions.VIEW))) {
            throw new AccessDeniedException3(Jenkins.getAuthentication2(), GpuPermissions.VIEW);
        }
    }

    @Override
    public boolean isUnlimited() {
        return unlimited;
    }

    @Override
    public boolean sees(@NonNull String node) {
        return unlimited || NodeAcl.has(node, GpuPermissions.VIEW);
    }

    @Override
    public boolean isTold(@NonNull String node) {
        return unlimited || NodeAcl.has(node, Computer.EXTENDED_READ) || manages(node);
    }

    @Override
    public boolean manages(@NonNull String node) {
        return unlimited || NodeAcl.has(node, GpuPermissions.MANAGE);
    }

    @Override
    public boolean seesFloating() {
        return unlimited || Jenkins.get().hasPermission(GpuPermissions.VIEW);
    }

    @Override
    public boolean sees(@NonNull HolderJob job) {
        return unlimited || job.fullName() != null && jobs.computeIfAbsent(job.fullName(), Viewer::maySee);
    }

    private static boolean maySee(String fullName) {
        try {
            Item item = Jenkins.get().getItemByFullName(fullName);
            return item != null && item.hasPermission(Item.READ);
        } catch (AccessDeniedException e) { // may know that it is there, but no more
            return false;
        }
    }
}
