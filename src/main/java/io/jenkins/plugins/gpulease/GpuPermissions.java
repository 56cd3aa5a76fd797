package io.jenkins.plugins.gpulease;

import hudson.init.InitMilestone;
import hudson.init.Initializer;
import hudson.model.Computer;
import hudson.security.Permission;
import hudson.security.PermissionGroup;
import hudson.security.PermissionScope;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** What people may do with GPUs and their leases. Both can be given for single nodes. */
@Restricted(NoExternalUse.class)
public final class GpuPermissions {

    public static final PermissionGroup GROUP =
            new PermissionGroup(GpuPermissions.class, Messages._GpuPermissions_title());

    /**
     * See the GPUs, who holds them and who waits. Whoever may see Jenkins sees its nodes, so it is implied by that; names of builds are
     * for who may read their jobs.
     */
    public static final Permission VIEW =
            new Permission(GROUP, "View", Messages._GpuPermissions_view(), Jenkins.READ, PermissionScope.COMPUTER);

    /** Release leases, drain devices, look again. Whoever may configure a node could take it away altogether, so it is implied by that. */
    public static final Permission MANAGE =
            new Permission(GROUP, "Manage", Messages._GpuPermissions_manage(), Computer.CONFIGURE, PermissionScope.COMPUTER);

    private GpuPermissions() {}

    /** Loads this class, so that whoever lists permissions from the start on finds these. */
    @Initializer(after = InitMilestone.PLUGINS_STARTED, before = InitMilestone.EXTENSIONS_AUGMENTED)
    public static void load() {}
}
