package io.jenkins.plugins.gpulease.engine.simulation;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.ComputeCapability;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.util.List;
import java.util.Optional;

/**
 * What is known of a model: compute capability (CUDA C++ Programming Guide), memory and NVLinks (NVIDIA's data sheets).
 *
 * @param name the short name, as a specification has it
 * @param nvLinks number of links to the switches of the usual eight-GPU board; 0 if the model has none
 */
record SimulatedModel(
        @NonNull String name, @NonNull ComputeCapability computeCapability, @NonNull MemorySize memory, int nvLinks) {

    private static final List<SimulatedModel> KNOWN = List.of(
            model("B200", "10.0", "180GB", 18),
            model("H200", "9.0", "141GB", 18),
            model("H100", "9.0", "80GB", 18),
            model("A100", "8.0", "80GB", 12),
            model("L40S", "8.9", "48GB", 0),
            model("L4", "8.9", "24GB", 0),
            model("A10", "8.6", "24GB", 0),
            model("T4", "7.5", "16GB", 0),
            model("V100", "7.0", "32GB", 0));

    private static SimulatedModel model(String name, String capability, String memory, int nvLinks) {
        return new SimulatedModel(name, ComputeCapability.parse(capability), MemorySize.parse(memory), nvLinks);
    }

    @NonNull
    static Optional<SimulatedModel> known(@CheckForNull String name) {
        return KNOWN.stream().filter(model -> model.name.equalsIgnoreCase(name)).findFirst();
    }
}
