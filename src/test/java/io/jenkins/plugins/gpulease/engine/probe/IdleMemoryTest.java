package io.jenkins.plugins.gpulease.engine.probe;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.util.Map;
import java.util.Properties;
import org.junit.Test;

public class IdleMemoryTest {

    private final Properties properties = new Properties();

    @Test
    public void itIs512MibUnlessToldOtherwise() {
        assertEquals(MemorySize.ofMib(512), IdleMemory.choose(Map.of(), properties));
    }

    @Test
    public void theEnvironmentWinsOverTheProperty() {
        properties.setProperty("gpulease.idleMemory", "1GiB");
        assertEquals(MemorySize.ofMib(1024), IdleMemory.choose(Map.of(), properties));
        assertEquals(MemorySize.ofMib(2048), IdleMemory.choose(Map.of("GPU_LEASE_IDLE_MEMORY", "2GiB"), properties));
    }

    @Test
    public void aWrongValueIsNamedWithItsVariable() {
        String message = assertThrows(
                        IllegalArgumentException.class, () -> IdleMemory.choose(Map.of("GPU_LEASE_IDLE_MEMORY", "much"), properties))
                .getMessage();
        assertTrue(message, message.contains("GPU_LEASE_IDLE_MEMORY") && message.contains("much"));
    }
}
