package io.jenkins.plugins.gpulease.config;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.AbstractDescribableImpl;
import hudson.model.Descriptor;
import hudson.util.FormValidation;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.usage.AutoMemory;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** What {@code minMemory: 'auto'} asks for. */
public final class AutoMemoryConfig extends AbstractDescribableImpl<AutoMemoryConfig> {

    private static final WholeNumber MARGIN_PERCENT = new WholeNumber("marginPercent", 0, AutoMemory.MAX_MARGIN_PERCENT);
    private static final WholeNumber BUILDS = new WholeNumber("builds", AutoMemory.LEAST_BUILDS, AutoMemory.MAX_BUILDS);

    /** All numbers among the settings. */
    static final List<WholeNumber> NUMBERS = List.of(MARGIN_PERCENT, BUILDS);

    private static final Logger LOGGER = Logger.getLogger(AutoMemoryConfig.class.getName());

    @CheckForNull
    private String fallback;

    private int marginPercent = AutoMemory.DEFAULT.marginPercent();
    private int builds = AutoMemory.DEFAULT.builds();

    @DataBoundConstructor
    public AutoMemoryConfig() {
        // every setting has a default
    }

    /** What to ask for until enough builds have succeeded, such as {@code 16 GB}; null for any. */
    @CheckForNull
    public String getFallback() {
        return fallback;
    }

    /** @throws IllegalArgumentException if it is no amount of memory */
    @DataBoundSetter
    public void setFallback(@CheckForNull String fallback) {
        parse(fallback);
        this.fallback = Util.fixEmptyAndTrim(fallback);
    }

    @CheckForNull
    static MemorySize parse(@CheckForNull String text) {
        String trimmed = Util.fixEmptyAndTrim(text);
        try {
            return trimmed == null ? null : MemorySize.parse(trimmed);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(Messages.AutoMemoryConfig_badFallback(e.getMessage()), e);
        }
    }

    /** Added to the highest peak. */
    public int getMarginPercent() {
        return marginPercent;
    }

    /** @throws IllegalArgumentException if it isn't 0 to {@value AutoMemory#MAX_MARGIN_PERCENT} */
    @DataBoundSetter
    public void setMarginPercent(int marginPercent) {
        this.marginPercent = MARGIN_PERCENT.check(marginPercent);
    }

    /** How many builds count, the newest. */
    public int getBuilds() {
        return builds;
    }

    /** @throws IllegalArgumentException if it isn't {@value AutoMemory#LEAST_BUILDS} to {@value AutoMemory#MAX_BUILDS} */
    @DataBoundSetter
    public void setBuilds(int builds) {
        this.builds = BUILDS.check(builds);
    }

    /** What somebody wrote wrongly into the file counts as left out. */
    @NonNull
    AutoMemory toSettings() {
        try {
            return new AutoMemory(parse(fallback), marginPercent, builds);
        } catch (IllegalArgumentException e) {
            LOGGER.log(Level.WARNING, "{0}; the default counts instead", e.getMessage());
            return AutoMemory.DEFAULT;
        }
    }

    /** Checks the form. */
    @Extension
    @Restricted(NoExternalUse.class)
    public static final class DescriptorImpl extends Descriptor<AutoMemoryConfig> {

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.AutoMemoryConfig_displayName();
        }

        @POST
        public FormValidation doCheckFallback(@QueryParameter String value) {
            return AdminForm.validation(AutoMemoryConfig::parse, value);
        }

        @POST
        public FormValidation doCheckMarginPercent(@QueryParameter String value) {
            return MARGIN_PERCENT.validate(value);
        }

        @POST
        public FormValidation doCheckBuilds(@QueryParameter String value) {
            return BUILDS.validate(value);
        }
    }
}
