package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The labels that an inventory gives to its node: {@code gpu} and {@code gpu-MODEL} for whole GPUs, {@code gpu-mig} and
 * {@code gpu-mig-PROFILE} for MIG instances. Pure.
 *
 * <p>Names of models come from agents: of whatever they hold only lower-case letters, digits, dots, plus signs and single
 * hyphens remain, none of which a label expression or a page takes for anything else.
 */
@Restricted(NoExternalUse.class)
public final class InventoryLabels {

    static final String GPU = "gpu";
    static final String MIG = "gpu-mig";

    /** Nobody's machine has more kinds of GPUs; a hostile agent must not fill Jenkins' table of labels. */
    static final int MAX_LABELS = 32;

    private static final int MAX_LENGTH = 48;
    private static final Pattern BESIDES = Pattern.compile("\\([^)]*\\)|[®™]");
    private static final Pattern SEPARATORS = Pattern.compile("[^a-z0-9.+]+");

    /** Words that say nothing of the model; a simulated GPU stands for a real one. */
    private static final Set<String> FILLERS =
            Set.of("simulated", "nvidia", "tesla", "geforce", "quadro", "gpu", "generation", "edition");

    /** What begins the variant of a model: its memory, its form factor. */
    private static final Pattern VARIANT = Pattern.compile("\\d+(gb?|gib)|hbm\\d.*|sxm\\d*|pcie?|nvl|dgxs|mig");

    private InventoryLabels() {}

    /** The labels in order; empty if there is nothing to lease. */
    @NonNull
    static List<String> of(@NonNull Inventory inventory) {
        SortedSet<String> labels = new TreeSet<>();
        for (Device device : inventory.leasable()) {
            if (labels.size() < MAX_LABELS - 1) { // each device may add two
                labels.add(device.isMigInstance() ? MIG : GPU);
                labels.add(device.isMigInstance() ? prefixed(MIG, plain(device.migProfile())) : prefixed(GPU, model(device.model())));
            }
        }
        return List.copyOf(labels);
    }

    /** The short name of a model: {@code h100} for {@code NVIDIA H100 80GB HBM3}; empty if nothing of it can be used. */
    @NonNull
    public static String model(@NonNull String name) {
        StringBuilder model = new StringBuilder();
        for (String word : plain(BESIDES.matcher(name).replaceAll(" ")).split("-")) {
            if (model.length() > 0 && VARIANT.matcher(word).matches()) {
                break;
            }
            if (!FILLERS.contains(word)) {
                model.append(model.length() == 0 ? "" : "-").append(word);
            }
        }
        return shortened(model.toString());
    }

    private static String prefixed(String prefix, String rest) {
        return rest.isEmpty() ? prefix : prefix + "-" + rest;
    }

    private static String plain(String text) {
        String words = text == null ? "" : SEPARATORS.matcher(text.toLowerCase(Locale.ROOT)).replaceAll("-");
        return shortened(words.startsWith("-") ? words.substring(1) : words);
    }

    private static String shortened(String words) {
        String head = words.length() <= MAX_LENGTH ? words : words.substring(0, MAX_LENGTH);
        return head.endsWith("-") ? head.substring(0, head.length() - 1) : head;
    }
}
