package io.jenkins.plugins.gpulease.engine.placement;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import org.junit.Test;

public class ModelPatternTest {

    private static final String H100 = "NVIDIA H100 80GB HBM3";

    @Test
    public void isSearchedIgnoringCase() {
        assertTrue(new ModelPattern("h100|a100").isIn(H100));
        assertFalse(new ModelPattern("A100").isIn(H100));
    }

    @Test
    public void needsNoExponentialTime() {
        assertFalse(new ModelPattern("(.*)*(.*)*(.*)*(.*)*x").isIn(H100));
    }

    @Test
    public void countedRepetitionIsRefused() {
        String regex = "(?:(?:){20000}){20000}x";
        assertEquals(
                "model '" + regex + "' contains '{'; counted repetition is not allowed",
                assertThrows(IllegalArgumentException.class, () -> DeviceRequest.of(1).withModel(regex)).getMessage());
    }

    @Test
    public void aLongExpressionIsRefused() {
        String regex = "(?:N?)?".repeat(3000);
        assertEquals(
                "model has 21000 characters; allowed are 200 at most",
                assertThrows(IllegalArgumentException.class, () -> DeviceRequest.of(1).withModel(regex)).getMessage());
    }

    @Test
    public void whatIsNoExpressionIsRefused() {
        String message = assertThrows(IllegalArgumentException.class, () -> DeviceRequest.of(1).withModel("H100|(")).getMessage();
        assertTrue(message, message.startsWith("model 'H100|(' is not a regular expression: "));
    }
}
