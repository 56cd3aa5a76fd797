package io.jenkins.plugins.gpulease.engine.simulation;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.util.List;
import java.util.Map;
import org.junit.Test;

public class SimulationSpecTest {

    @Test
    public void groupsAreCountModelAndMemory() {
        SimulationSpec spec = SimulationSpec.parse("2xA100:40GB, T4:16 GiB");
        SimulationSpec.Gpu a100 = new SimulationSpec.Gpu("A100", MemorySize.parse("40GB"));
        assertEquals(List.of(a100, a100, new SimulationSpec.Gpu("T4", MemorySize.parse("16GiB"))), spec.gpus());
    }

    @Test
    public void aKnownModelNeedsNoMemory() {
        assertEquals(MemorySize.parse("141GB"), SimulationSpec.parse("h200").gpus().get(0).memory());
    }

    @Test
    public void theCanonicalFormReadsBack() {
        for (String text : List.of("4xH100:80GB", "2xA100:40GB,1xT4:16GB", "1xMy card:512MiB")) {
            assertEquals(text, SimulationSpec.parse(text).toString());
        }
    }

    @Test
    public void whatIsMalformedIsNamedWithTheRightForm() {
        Map<String, String> faults = Map.of(
                "", "empty group",
                "4xH100:80GB,,T4", "empty group",
                "4x", "malformed group '4x'",
                "0xH100:80GB", "asks for no GPU",
                "65xH100:80GB", "more than 64 GPUs",
                "64xT4,T4", "more than 64 GPUs",
                "4xH100:80", "'80' has no unit",
                "4xUnheardOf", "no memory for 'UnheardOf'",
                "1000xT4", "malformed group",
                "x".repeat(1001), "longer than 1000 characters");
        faults.forEach((text, fault) -> {
            String message = assertThrows(text, IllegalArgumentException.class, () -> SimulationSpec.parse(text)).getMessage();
            assertTrue(message, message.contains(fault) && message.contains("such as '4xH100:80GB'") && message.length() < 400);
        });
    }
}
