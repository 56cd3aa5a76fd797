package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Util;
import hudson.model.Node;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.lease.LeaseTable;

/**
 * What holds for the GPUs of a node: {@link GpuNodeProperty} as a value, or its defaults.
 *
 * @param discovery look for GPUs at all
 * @param exclude devices to leave out, one pattern a line; null for none
 * @param hostCoordination lock leased devices on the host
 * @param indices name devices by index instead of by UUID in {@code CUDA_VISIBLE_DEVICES}
 * @param libraryPath of NVML on the node; null for the usual places
 * @param simulatedGpus to be simulated instead of looking for real ones; null for real ones
 * @param sharingMargin memory of each device that isn't promised to leases that share it, as it is written; null for the default
 * @param failOverBudget fail a block that uses more of a shared device than it promised, instead of warning it
 * @param autoMemoryFallback what {@code minMemory: 'auto'} asks for here until enough builds have succeeded, as it is written;
 *     null for the controller's default
 */
public record GpuNodeSettings(
        boolean discovery,
        @CheckForNull String exclude,
        boolean hostCoordination,
        boolean indices,
        @CheckForNull String libraryPath,
        @CheckForNull String simulatedGpus,
        @CheckForNull String sharingMargin,
        boolean failOverBudget,
        @CheckForNull String autoMemoryFallback) {

    private static final int MAX_PATH = 1000;

    /** What holds for a node: its property, or the defaults. */
    @NonNull
    public static GpuNodeSettings of(@NonNull Node node) {
        return GpuNodeProperty.of(node);
    }

    @NonNull
    static GpuNodeSettings of(@NonNull GpuNodeProperty property) {
        return new GpuNodeSettings(
                property.isDiscovery(),
                property.getExclude(),
                property.isHostCoordination(),
                property.isIndices(),
                property.getLibraryPath(),
                property.getSimulatedGpus(),
                property.getSharingMargin(),
                property.isFailOverBudget(),
                property.getAutoMemoryFallback());
    }

    /**
     * Memory of each device that isn't promised to leases that share it.
     *
     * @throws IllegalArgumentException if it is written wrongly, as it may be where no form has checked it
     */
    @NonNull
    MemorySize margin() {
        return parseMargin(sharingMargin);
    }

    /**
     * Reads a margin; left out, it is {@link LeaseTable#DEFAULT_MARGIN}.
     *
     * @throws IllegalArgumentException if it is no amount of memory; the message names the field and the value and shows the right form
     */
    @NonNull
    static MemorySize parseMargin(@CheckForNull String text) {
        try {
            MemorySize margin = parse(text);
            return margin == null ? LeaseTable.DEFAULT_MARGIN : margin;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(Messages.GpuNodeSettings_noMargin(e.getMessage()), e);
        }
    }

    /**
     * What {@code minMemory: 'auto'} asks for here until enough builds have succeeded; null for the controller's default.
     *
     * @throws IllegalArgumentException if it is written wrongly, as it may be where no form has checked it
     */
    @CheckForNull
    public MemorySize fallback() {
        return parseFallback(autoMemoryFallback);
    }

    /**
     * Reads a fallback; null if it is left out.
     *
     * @throws IllegalArgumentException if it is no amount of memory; the message names the field and the value and shows the right form
     */
    @CheckForNull
    static MemorySize parseFallback(@CheckForNull String text) {
        try {
            return parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(Messages.GpuNodeSettings_noFallback(e.getMessage()), e);
        }
    }

    @CheckForNull
    private static MemorySize parse(@CheckForNull String text) {
        String trimmed = Util.fixEmptyAndTrim(text);
        return trimmed == null ? null : MemorySize.parse(trimmed);
    }

    /**
     * A path of the library must be absolute on the node, whichever operating system that has: the loader would look for
     * another one in folders that builds may write to.
     *
     * @throws IllegalArgumentException if it isn't; the message names it and shows the right form
     */
    static void checkLibraryPath(@CheckForNull String path) {
        String trimmed = Util.fixEmptyAndTrim(path);
        if (trimmed == null) {
            return;
        }
        boolean absolute = trimmed.startsWith("/") || trimmed.startsWith("\\\\") || trimmed.matches("[A-Za-z]:[\\\\/].*");
        if (!absolute || trimmed.length() > MAX_PATH || trimmed.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(Messages.GpuNodeSettings_noAbsolutePath(trimmed));
        }
    }
}
