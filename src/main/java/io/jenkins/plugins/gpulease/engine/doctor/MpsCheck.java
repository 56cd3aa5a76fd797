package io.jenkins.plugins.gpulease.engine.doctor;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.IOException;
import java.util.List;

/** Whether programs share GPUs through NVIDIA's Multi-Process Service. */
final class MpsCheck implements Check {

    @NonNull
    @Override
    public String topic() {
        return "MPS";
    }

    @NonNull
    @Override
    public List<Finding> examine(@NonNull Machine machine) throws IOException {
        if (!machine.use().mpsDaemon() || !machine.hasHardware()) {
            return List.of();
        }
        return List.of(info("The daemon of the Multi-Process Service runs: CUDA programs of its user go through its server,"
                + " those of others wait for it",
                "Nothing, if that is meant. Else 'echo quit | nvidia-cuda-mps-control', as the user who started it."));
    }
}
