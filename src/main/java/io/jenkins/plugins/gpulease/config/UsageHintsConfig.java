package io.jenkins.plugins.gpulease.config;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.AbstractDescribableImpl;
import hudson.model.Descriptor;
import hudson.util.FormValidation;
import io.jenkins.plugins.gpulease.engine.usage.HintThresholds;
import java.time.Duration;
import java.util.List;
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

    /** Up to a day. */
    private static final WholeNumber LEAST_SECONDS = new WholeNumber("leastSeconds", 0, 86_400);

    private static final WholeNumber MEMORY_PERCENT = new WholeNumber("memoryPercent", 0, 100);
    private static final WholeNumber UTILIZATION_PERCENT = new WholeNumber("utilizationPercent", 0, 100);
    private static final WholeNumber THROTTLED_PERCENT = new WholeNumber("throttledPercent", 1, 100);

    /** All numbers among the settings. */
    static final List<WholeNumber> NUMBERS =
            List.of(LEAST_SECONDS, MEMORY_PERCENT, UTILIZATION_PERCENT, THROTTLED_PERCENT);

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

    /** @throws IllegalArgumentException if it is negative or more than a day */
    @DataBoundSetter
    public void setLeastSeconds(int leastSeconds) {
        this.leastSeconds = LEAST_SECONDS.check(leastSeconds);
    }

    /** Less of the memory asked for than that is worth a hint; 0 for none. */
    public int getMemoryPercent() {
        return memoryPercent;
    }

    /** @throws IllegalArgumentException if it isn't 0 to 100 */
    @DataBoundSetter
    public void setMemoryPercent(int memoryPercent) {
        this.memoryPercent = MEMORY_PERCENT.check(memoryPercent);
    }

    /** A lower mean utilisation than that is worth a hint; 0 for none. */
    public int getUtilizationPercent() {
        return utilizationPercent;
    }

    /** @throws IllegalArgumentException if it isn't 0 to 100 */
    @DataBoundSetter
    public void setUtilizationPercent(int utilizationPercent) {
        this.utilizationPercent = UTILIZATION_PERCENT.check(utilizationPercent);
    }

    /** Clocks slowed down for that part of the time or more are worth a hint. */
    public int getThrottledPercent() {
        return throttledPercent;
    }

    /** @throws IllegalArgumentException if it isn't 1 to 100 */
    @DataBoundSetter
    public void setThrottledPercent(int throttledPercent) {
        this.throttledPercent = THROTTLED_PERCENT.check(throttledPercent);
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
            return LEAST_SECONDS.validate(value);
        }

        @POST
        public FormValidation doCheckMemoryPercent(@QueryParameter String value) {
            return MEMORY_PERCENT.validate(value);
        }

        @POST
        public FormValidation doCheckUtilizationPercent(@QueryParameter String value) {
            return UTILIZATION_PERCENT.validate(value);
        }

        @POST
        public FormValidation doCheckThrottledPercent(@QueryParameter String value) {
            return THROTTLED_PERCENT.validate(value);
        }
    }
}
