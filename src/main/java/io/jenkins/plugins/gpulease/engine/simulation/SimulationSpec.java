package io.jenkins.plugins.gpulease.engine.simulation;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which GPUs to simulate.
 *
 * @param gpus one for each GPU, 1 to {@value #MAX_GPUS}
 */
public record SimulationSpec(@NonNull List<Gpu> gpus) implements Serializable {

    /** More GPUs than any host has. */
    public static final int MAX_GPUS = 64;

    private static final int MAX_LENGTH = 1000;

    private static final Pattern GROUP = Pattern.compile("(?:(\\d{1,3})\\s*x\\s*)?([A-Za-z][A-Za-z0-9 ._-]{0,39})(?::(.*))?");

    /**
     * A GPU to simulate.
     *
     * @param model short name, such as {@code H100}
     */
    public record Gpu(@NonNull String model, @NonNull MemorySize memory) implements Serializable {}

    public SimulationSpec {
        gpus = List.copyOf(gpus);
        if (gpus.isEmpty() || gpus.size() > MAX_GPUS) {
            throw new IllegalArgumentException(
                    gpus.size() + " GPUs can't be simulated; 1 to " + MAX_GPUS + " can, such as '4xH100:80GB'");
        }
    }

    /**
     * Reads groups of {@code COUNTxMODEL:MEMORY}, separated by commas, such as {@code 4xH100:80GB} or
     * {@code 2xA100:40GB,T4:16GB}. The count may be left out for one GPU, the memory for a model that is known.
     *
     * @throws IllegalArgumentException if the text has another form; the message names it and shows the right one
     */
    @NonNull
    public static SimulationSpec parse(@NonNull String text) {
        if (text.length() > MAX_LENGTH) {
            throw malformed(text.substring(0, 40) + "…", "is longer than " + MAX_LENGTH + " characters");
        }
        List<Gpu> gpus = new ArrayList<>();
        for (String group : text.split(",", -1)) {
            addGroup(gpus, text, group.trim());
        }
        return new SimulationSpec(gpus);
    }

    private static void addGroup(List<Gpu> gpus, String text, String group) {
        Matcher form = GROUP.matcher(group);
        if (!form.matches()) {
            throw malformed(text, group.isEmpty() ? "has an empty group" : "has the malformed group '" + group + "'");
        }
        int count = form.group(1) == null ? 1 : Integer.parseInt(form.group(1));
        if (count < 1 || gpus.size() + count > MAX_GPUS) {
            throw malformed(text, "asks for " + (count < 1 ? "no GPU" : "more than " + MAX_GPUS + " GPUs"));
        }
        Gpu gpu = new Gpu(form.group(2).trim(), memory(text, form.group(2).trim(), form.group(3)));
        for (int i = 0; i < count; i++) {
            gpus.add(gpu);
        }
    }

    private static MemorySize memory(String text, String model, String memory) {
        if (memory == null) {
            return SimulatedModel.known(model)
                    .map(SimulatedModel::memory)
                    .orElseThrow(() -> malformed(text, "has no memory for '" + model + "', which is no known model"));
        }
        try {
            return MemorySize.parse(memory);
        } catch (IllegalArgumentException e) {
            throw malformed(text, "has a malformed amount of memory: " + e.getMessage());
        }
    }

    private static IllegalArgumentException malformed(String text, String fault) {
        return new IllegalArgumentException("'" + text + "' " + fault
                + ". Write COUNTxMODEL:MEMORY, several separated by commas, such as '4xH100:80GB' or '2xA100:40GB,1xT4:16GB'");
    }

    /** The canonical form: equal specifications have the same. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int from = 0, to; from < gpus.size(); from = to) {
            Gpu gpu = gpus.get(from);
            for (to = from; to < gpus.size() && gpus.get(to).equals(gpu); ) {
                to++;
            }
            text.append(from == 0 ? "" : ",").append(to - from).append('x').append(gpu.model()).append(':')
                    .append(gpu.memory().toString().replace(" ", ""));
        }
        return text.toString();
    }
}
