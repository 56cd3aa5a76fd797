package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.placement.ModelPattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Devices that an administrator leaves out, by one pattern a line: a UUID, an index, a PCI bus id, or {@code model:} with a
 * regular expression that is searched in the name, ignoring case. A GPU takes its MIG instances with it.
 */
final class ExcludedDevices {

    private static final String MODEL = "model:";
    private static final int MAX_PATTERNS = 1000;
    private static final Pattern INDEX = Pattern.compile("\\d{1,4}");
    private static final Pattern UUID = Pattern.compile("(?:GPU|MIG)-[A-Za-z0-9/-]{1,116}");
    private static final Pattern PCI = Pattern.compile("(?:([0-9a-f]{4}|[0-9a-f]{8}):)?([0-9a-f]{2}:[0-9a-f]{2}\\.[0-7])");

    private final List<Predicate<Device>> patterns;

    private ExcludedDevices(List<Predicate<Device>> patterns) {
        this.patterns = patterns;
    }

    /**
     * Reads patterns; empty lines and lines that start with {@code #} say nothing.
     *
     * @throws IllegalArgumentException at a line that is no pattern; the message names it and shows the forms
     */
    @NonNull
    static ExcludedDevices parse(@CheckForNull String text) {
        List<Predicate<Device>> patterns = new ArrayList<>();
        for (String line : (text == null ? "" : text).lines().map(String::trim).toList()) {
            if (!line.isEmpty() && !line.startsWith("#")) {
                patterns.add(pattern(line));
            }
        }
        if (patterns.size() > MAX_PATTERNS) {
            throw new IllegalArgumentException(Messages.ExcludedDevices_tooMany(patterns.size(), MAX_PATTERNS));
        }
        return new ExcludedDevices(patterns);
    }

    /** The inventory without these devices. */
    @NonNull
    Inventory filter(@NonNull Inventory inventory) {
        List<Device> left = inventory.devices().stream().filter(device -> !isExcluded(device)).toList();
        return left.size() == inventory.devices().size() ? inventory : inventory.withDevices(left);
    }

    private boolean isExcluded(Device device) {
        return patterns.stream().anyMatch(pattern -> pattern.test(device));
    }

    private static Predicate<Device> pattern(String line) {
        if (line.regionMatches(true, 0, MODEL, 0, MODEL.length())) {
            ModelPattern model = model(line);
            return device -> model.isIn(device.model());
        }
        if (INDEX.matcher(line).matches()) {
            int index = Integer.parseInt(line);
            return device -> device.index() == index;
        }
        if (UUID.matcher(line).matches()) {
            return device -> line.equals(device.uuid()) || line.equals(device.migParent());
        }
        Matcher pci = PCI.matcher(line.toLowerCase(Locale.ROOT));
        if (pci.matches()) {
            String busId = domain(pci.group(1)) + ":" + pci.group(2);
            return device -> device.pciBusId().equals(busId);
        }
        throw malformed(line, Messages.ExcludedDevices_noPattern());
    }

    /** Tools write the domain with 8, 4 or no digits. */
    private static String domain(@CheckForNull String digits) {
        return "0".repeat(8 - (digits == null ? 0 : digits.length())) + (digits == null ? "" : digits);
    }

    private static ModelPattern model(String line) {
        try {
            return new ModelPattern(line.substring(MODEL.length()).trim());
        } catch (IllegalArgumentException e) {
            throw malformed(line, Messages.ExcludedDevices_unusable(e.getMessage()));
        }
    }

    private static IllegalArgumentException malformed(String line, String fault) {
        return new IllegalArgumentException(Messages.ExcludedDevices_malformed(line, fault));
    }
}
