package io.jenkins.plugins.gpulease.engine.lease;

import static org.junit.Assert.assertEquals;

import org.junit.Test;

public class HolderTest {

    @Test
    public void itsNameForgesNoLineOfALog() {
        assertEquals("train GPU lease: granted [8mnote", new Holder("1", "train\r\nGPU lease: granted\u2028\u001b[8mnote").name());
    }
}
