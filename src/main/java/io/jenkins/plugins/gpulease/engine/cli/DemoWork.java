package io.jenkins.plugins.gpulease.engine.cli;

import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.simulation.SimulatedLoad;
import java.io.IOException;
import java.nio.file.Path;

/** What a job of the demo runs, in a process of its own: it uses the GPUs that its environment names, for some time. */
public final class DemoWork {

    private DemoWork() {}

    /** @param arguments folder of the loads, bytes of memory, utilisation in %, milliseconds */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        try (SimulatedLoad load = new SimulatedLoad(Path.of(arguments[0]))) {
            for (String uuid : System.getenv("CUDA_VISIBLE_DEVICES").split(",")) {
                load.use(uuid, MemorySize.ofBytes(Long.parseLong(arguments[1])), Integer.parseInt(arguments[2]));
            }
            Thread.sleep(Long.parseLong(arguments[3]));
        }
    }
}
