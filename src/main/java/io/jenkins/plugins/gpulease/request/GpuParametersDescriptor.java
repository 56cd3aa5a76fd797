package io.jenkins.plugins.gpulease.request;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.Descriptor;
import hudson.model.Item;
import hudson.util.FormValidation;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import java.util.function.Supplier;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** Checks the fields of the form that all have who ask for GPUs. */
@Extension
@Restricted(NoExternalUse.class)
public final class GpuParametersDescriptor extends Descriptor<GpuParametersBean> {

    public GpuParametersDescriptor() {
        super(GpuParametersBean.class);
    }

    @POST
    public FormValidation doCheckCount(@AncestorInPath Item item, @QueryParameter String value) {
        return check(item, TextParameter.COUNT, value);
    }

    @POST
    public FormValidation doCheckMinMemory(@AncestorInPath Item item, @QueryParameter String value) {
        return check(item, TextParameter.MIN_MEMORY, value);
    }

    @POST
    public FormValidation doCheckModel(@AncestorInPath Item item, @QueryParameter String value) {
        return check(item, TextParameter.MODEL, value);
    }

    @POST
    public FormValidation doCheckMinComputeCapability(@AncestorInPath Item item, @QueryParameter String value) {
        return check(item, TextParameter.MIN_COMPUTE_CAPABILITY, value);
    }

    @POST
    public FormValidation doCheckMinDriver(@AncestorInPath Item item, @QueryParameter String value) {
        return check(item, TextParameter.MIN_DRIVER, value);
    }

    @POST
    public FormValidation doCheckCuda(@AncestorInPath Item item, @QueryParameter String value) {
        return check(item, TextParameter.CUDA, value);
    }

    @POST
    public FormValidation doCheckMig(@AncestorInPath Item item, @QueryParameter String value) {
        return check(item, TextParameter.MIG, value);
    }

    /** Faults of the others are told at their own fields. */
    @POST
    public FormValidation doCheckShared(
            @AncestorInPath Item item,
            @QueryParameter boolean value,
            @QueryParameter String minMemory,
            @QueryParameter String count) {
        boolean judged = value && TextParameter.COUNT.fault(count) == null && TextParameter.MIN_MEMORY.fault(minMemory) == null;
        return judged && mayConfigure(item) ? validation(sharedFault(minMemory, count)) : FormValidation.ok();
    }

    @CheckForNull
    private static String sharedFault(@CheckForNull String minMemory, @CheckForNull String count) {
        String memory = Util.fixEmptyAndTrim(minMemory);
        String number = Util.fixEmptyAndTrim(count);
        return faultOf(() -> DeviceRequest.of(number == null ? 1 : DeviceRequest.parseCount(number))
                .withMinMemory(memory == null ? null : MinMemory.isAuto(memory) ? MinMemory.SOME : MemorySize.parse(memory))
                .withShared(true));
    }

    @CheckForNull
    private static String faultOf(Supplier<DeviceRequest> request) {
        try {
            request.get();
            return null;
        } catch (IllegalArgumentException e) {
            return e.getMessage();
        }
    }

    @POST
    public FormValidation doCheckTimeout(@AncestorInPath Item item, @QueryParameter String value) {
        return check(item, TextParameter.TIMEOUT, value);
    }

    @POST
    public FormValidation doCheckPriority(@AncestorInPath Item item, @QueryParameter String value) {
        if (!mayConfigure(item)) {
            return FormValidation.ok();
        }
        try {
            Integer.parseInt(Util.fixNull(value).trim());
            return FormValidation.ok();
        } catch (NumberFormatException e) {
            return FormValidation.error(Messages.GpuParametersDescriptor_notANumber("priority", Util.fixNull(value)));
        }
    }

    private static FormValidation check(Item item, TextParameter parameter, String value) {
        return mayConfigure(item) ? validation(parameter.fault(value)) : FormValidation.ok();
    }

    private static FormValidation validation(@CheckForNull String fault) {
        return fault == null ? FormValidation.ok() : FormValidation.error(fault);
    }

    /** The generators of Pipeline code are open to whoever may see an item's configuration. */
    public static boolean mayConfigure(@CheckForNull Item item) {
        return item == null ? Jenkins.get().hasPermission(Jenkins.ADMINISTER) : item.hasPermission(Item.EXTENDED_READ);
    }
}
