package io.jenkins.plugins.gpulease.engine.placement;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.util.List;
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

    @Test
    public void usualExpressionsAreAllowed() {
        for (String usual : List.of("^NVIDIA (H|A)\\d+", "(?:Tesla )?[HAT]\\d*", "HBM3$", "80GB\\b", "RTX\\.|H100")) {
            assertTrue(usual, new ModelPattern(usual).isIn(H100));
        }
    }

    @Test
    public void whatCombinesTooMuchWithoutReadingIsRefused() {
        assertRefused("(|)".repeat(40) + "$", "has 40 groups and 40 '|'; allowed are 5 groups and 20 '|'");
        assertRefused("a|".repeat(30) + "b", "has 0 groups and 30 '|'");
        assertRefused("(?!)H100", "contains '(?'; of the groups that start so, only '(?:…)' is allowed");
        assertRefused("(H)\\1", "contains '\\1'; allowed are");
        assertRefused("\\p{L}", "contains '\\p'; allowed are");
    }

    private static void assertRefused(String regex, String reason) {
        String message = assertThrows(regex, IllegalArgumentException.class, () -> ModelPattern.check(regex)).getMessage();
        assertTrue(message, message.contains(reason));
    }

    @Test(timeout = 10_000)
    public void theWorstOfWhatIsAllowedEndsSoon() {
        for (String bad : List.of("(N*)*".repeat(5) + "#", "$" + "(||||)?".repeat(5) + "#", "(||||)?".repeat(5) + "$#",
                "((((N?)?)?)?)?" + "N?".repeat(80) + "#", "(N|N?)*".repeat(5) + "x", "(.*)*".repeat(5) + ".*".repeat(80) + "#")) {
            assertFalse(bad, new ModelPattern(bad).isIn(H100));
        }
    }
}
