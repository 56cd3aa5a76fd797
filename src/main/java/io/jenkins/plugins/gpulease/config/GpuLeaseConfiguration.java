package io.jenkins.plugins.gpulease.config;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.BulkChange;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.Util;
import hudson.init.InitMilestone;
import hudson.init.Initializer;
import hudson.util.FormValidation;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.engine.lease.LeaseTable;
import io.jenkins.plugins.gpulease.memory.LearnedMemory;
import io.jenkins.plugins.gpulease.request.Hints;
import java.io.IOException;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.GlobalConfiguration;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.verb.POST;

/** The section "GPU Lease" of the system's configuration. What is set holds at once, also for requests that wait already. */
@Extension
@Symbol("gpuLease")
public final class GpuLeaseConfiguration extends GlobalConfiguration {

    private static final Logger LOGGER = Logger.getLogger(GpuLeaseConfiguration.class.getName());

    private int maxOvertakes = LeaseTable.DEFAULT_MAX_OVERTAKES;

    @NonNull
    private String ageing = Ageing.DEFAULT;

    @NonNull
    private UsageHintsConfig usageHints = new UsageHintsConfig();

    @NonNull
    private AutoMemoryConfig autoMemory = new AutoMemoryConfig();

    public GpuLeaseConfiguration() {
        load();
    }

    @NonNull
    public static GpuLeaseConfiguration get() {
        return ExtensionList.lookupSingleton(GpuLeaseConfiguration.class);
    }

    /** How often a request may be overtaken by later ones, 0 or more. */
    public int getMaxOvertakes() {
        return maxOvertakes;
    }

    /** @throws IllegalArgumentException if it is negative */
    @DataBoundSetter
    public void setMaxOvertakes(int maxOvertakes) {
        if (maxOvertakes < 0) {
            throw new IllegalArgumentException(Messages.GpuLeaseConfiguration_badMaxOvertakes(Integer.toString(maxOvertakes)));
        }
        this.maxOvertakes = maxOvertakes;
        changed();
    }

    /** How long a request waits for one step of priority, such as {@code 10m}; {@code 0} or {@code off} for priorities that don't age. */
    @NonNull
    public String getAgeing() {
        return ageing;
    }

    /** @throws IllegalArgumentException if it is no time, or more than 30 days */
    @DataBoundSetter
    public void setAgeing(@CheckForNull String ageing) {
        Ageing.parse(ageing);
        this.ageing = Util.fixNull(Util.fixEmptyAndTrim(ageing), Ageing.DEFAULT);
        changed();
    }

    /** Hints at the end of a lease. */
    @NonNull
    public UsageHintsConfig getUsageHints() {
        return usageHints;
    }

    @DataBoundSetter
    public void setUsageHints(@CheckForNull UsageHintsConfig usageHints) {
        this.usageHints = usageHints == null ? new UsageHintsConfig() : usageHints;
        changed();
    }

    /** What {@code minMemory: 'auto'} learns, and from what. */
    @NonNull
    public AutoMemoryConfig getAutoMemory() {
        return autoMemory;
    }

    @DataBoundSetter
    public void setAutoMemory(@CheckForNull AutoMemoryConfig autoMemory) {
        this.autoMemory = autoMemory == null ? new AutoMemoryConfig() : autoMemory;
        changed();
    }

    private void changed() {
        save();
        apply();
    }

    /** Everything is stored once; a wrong value is told at its field, and then nothing is changed. */
    @Override
    public boolean configure(StaplerRequest2 request, JSONObject json) throws FormException {
        AdminForm.check(json, "maxOvertakes", GpuLeaseConfiguration::parseMaxOvertakes);
        AdminForm.check(json, "ageing", Ageing::parse);
        JSONObject hints = AdminForm.section(json, "usageHints");
        for (WholeNumber number : UsageHintsConfig.NUMBERS) {
            AdminForm.check(hints, number.setting(), number::parse);
        }
        JSONObject auto = AdminForm.section(json, "autoMemory");
        AdminForm.check(auto, "fallback", AutoMemoryConfig::parse);
        for (WholeNumber number : AutoMemoryConfig.NUMBERS) {
            AdminForm.check(auto, number.setting(), number::parse);
        }
        try (BulkChange change = new BulkChange(this)) {
            super.configure(request, json);
            change.commit();
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, e, () -> "Could not store the configuration of GPU leases");
        }
        return true;
    }

    private static int parseMaxOvertakes(@CheckForNull String text) {
        String number = Util.fixNull(text).trim();
        if (!number.matches("\\d{1,9}")) {
            throw new IllegalArgumentException(Messages.GpuLeaseConfiguration_badMaxOvertakes(number));
        }
        return Integer.parseInt(number);
    }

    /** Extensions are there, and nothing was granted yet. */
    @Initializer(after = InitMilestone.EXTENSIONS_AUGMENTED, before = InitMilestone.JOB_LOADED)
    @Restricted(NoExternalUse.class)
    public static void applyAtStart() {
        get().apply();
    }

    /** Takes the settings to the table of leases. What somebody wrote wrongly into the file counts as left out. */
    private void apply() {
        LeaseTable table = GpuLeases.get().table();
        table.setMaxOvertakes(maxOvertakes < 0 ? LeaseTable.DEFAULT_MAX_OVERTAKES : maxOvertakes);
        table.setAgeing(ageingOrDefault());
        Hints.get().set(usageHints.toThresholds());
        LearnedMemory.get().set(autoMemory.toSettings());
    }

    private Duration ageingOrDefault() {
        try {
            return Ageing.parse(ageing);
        } catch (IllegalArgumentException e) {
            LOGGER.log(Level.WARNING, "{0}; the default counts instead", e.getMessage());
            return LeaseTable.DEFAULT_AGEING;
        }
    }

    @POST
    @Restricted(NoExternalUse.class)
    public FormValidation doCheckMaxOvertakes(@QueryParameter String value) {
        return AdminForm.validation(GpuLeaseConfiguration::parseMaxOvertakes, value);
    }

    @POST
    @Restricted(NoExternalUse.class)
    public FormValidation doCheckAgeing(@QueryParameter String value) {
        return AdminForm.validation(Ageing::parse, value);
    }
}
