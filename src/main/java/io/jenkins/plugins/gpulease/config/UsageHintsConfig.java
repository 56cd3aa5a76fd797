package io.jenkins.plugins.gpulease.config;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.AbstractDescribableImpl;
import hudson.model.Descriptor;
import hudson.util.FormValidation;
import io.jenkins.plugins.gpulease.engine.usage.HintThresholds;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** Whether a lease ends with hints on how to use GPUs better, and when one is worth it. */
public final class UsageHintsConfig extends AbstractDescribableImpl<UsageHintsConfig> {

    private static final Logger LOGGER = Logger.getLogger(UsageHintsConfig.class.getName());

    private boolean enabled = true;
    private int leastSeconds = (int) HintThresholds.DEFAULT.leastHeld().toSeconds();
    private int memoryPercent = HintThresholds.DEFAULT.memoryPercent();
    private int utilizationPercent = HintThresholds.DEFAULT.utilizationPercent();
    private int throttledPercent = HintThresholds.DEFAULT.throttledPercent();

    @DataBoundConstructor
    public UsageHintsConfig() {
        // every setting has a default
    }

    public boolean isEnabled() {
        return enabled;
    }

    @DataBoundSetter
    public void setEnabled(boolean enabled) {
        this.enabled = enabled;
    }

    /** Shorter leases get no hints, in seconds. */
    public int getLeastSeconds() {
        return leastSeconds;
    }

    /** @throws IllegalArgumentException if it is negative or more than {@value WholeNumber#MOST_SECONDS} */
    @DataBoundSetter
    public void setLeastSeconds(int leastSeconds) {
        this.leastSeconds = WholeNumber.check("leastSeconds", leastSeconds, 0, WholeNumber.MOST_SECONDS);
    }

    /** Less of the memory asked for than that is worth a hint; 0 for none. */
    public int getMemoryPercent() {
        return memoryPercent;
    }

    /** @throws IllegalArgumentException if it isn't 0 to 100 */
    @DataBoundSetter
    public void setMemoryPercent(int memoryPercent) {
        this.memoryPercent = WholeNumber.check("memoryPercent", memoryPercent, 0, 100);
    }

    /** A lower mean utilisation than that is worth a hint; 0 for none. */
    public int getUtilizationPercent() {
        return utilizationPercent;
    }

    /** @throws IllegalArgumentException if it isn't 0 to 100 */
    @DataBoundSetter
    public void setUtilizationPercent(int utilizationPercent) {
        this.utilizationPercent = WholeNumber.check("utilizationPercent", utilizationPercent, 0, 100);
    }

    /** Clocks slowed down for that part of the time or more are worth a hint. */
    public int getThrottledPercent() {
        return throttledPercent;
    }

    /** @throws IllegalArgumentException if it isn't 1 to 100 */
    @DataBoundSetter
    public void setThrottledPercent(int throttledPercent) {
        this.throttledPercent = WholeNumber.check("throttledPercent", throttledPercent, 1, 100);
    }

    /** Null for no hints. What somebody wrote wrongly into the file counts as left out. */
    @CheckForNull
    HintThresholds toThresholds() {
        if (!enabled) {
            return null;
        }
        try {
            return new HintThresholds(
                    Duration.ofSeconds(leastSeconds), memoryPercent, utilizationPercent, throttledPercent);
        } catch (IllegalArgumentException e) {
            LOGGER.log(Level.WARNING, "{0}; the default counts instead", e.getMessage());
            return HintThresholds.DEFAULT;
        }
    }

    /** Checks the form. */
    @Extension
    @Restricted(NoExternalUse.class)
    public static final class DescriptorImpl extends Descriptor<UsageHintsConfig> {

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.UsageHintsConfig_displayName();
        }

        @POST
        public FormValidation doCheckLeastSeconds(@QueryParameter String value) {
            return WholeNumber.validate("leastSeconds", value, 0, WholeNumber.MOST_SECONDS);
        }

        @POST
        public FormValidation doCheckMemoryPercent(@QueryParameter String value) {
            return WholeNumber.validate("memoryPercent", value, 0, 100);
        }

        @POST
        public FormValidation doCheckUtilizationPercent(@QueryParameter String value) {
            return WholeNumber.validate("utilizationPercent", value, 0, 100);
        }

        @POST
        public FormValidation doCheckThrottledPercent(@QueryParameter String value) {
            return WholeNumber.validate("throttledPercent", value, 1, 100);
        }
    }
}
