package io.jenkins.plugins.gpulease.engine.probe;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.nio.file.Path;
import java.util.List;
import org.junit.Test;

public class ProbeArgumentsTest {

    @Test
    public void wordsReadBack() {
        ProbeArguments all = new ProbeArguments(Path.of("/l"), "4xH100:80GB", Path.of("/loads"), Path.of("/locks"), "agent 1",
                MemorySize.parse("2 GB"));
        for (ProbeArguments arguments : List.of(ProbeArguments.NONE, all)) {
            assertEquals(arguments, ProbeArguments.parse(arguments.words().toArray(String[]::new)));
        }
    }

    @Test
    public void anUnknownOptionIsNamedWithThoseThatThereAre() {
        String message = assertThrows(IllegalArgumentException.class, () -> ProbeArguments.parse("--lib", "x")).getMessage();
        assertTrue(message, message.contains("'--lib'") && message.contains("--library"));
    }

    @Test
    public void anOptionWithoutValueIsNamed() {
        String message = assertThrows(IllegalArgumentException.class, () -> ProbeArguments.parse("--salt")).getMessage();
        assertTrue(message, message.contains("'--salt'"));
    }

    @Test
    public void aMalformedSimulationIsRefusedBeforeAnythingStarts() {
        ProbeLaunch launch = ProbeLaunch.of(List.of());
        assertThrows(IllegalArgumentException.class, () -> launch.withSimulation("4xH100:80"));
    }
}
