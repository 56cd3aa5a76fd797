package io.jenkins.plugins.gpulease.engine.device;

import static org.hamcrest.CoreMatchers.containsString;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;

import org.junit.Test;

/** {@link ComputeCapability} and {@link DottedVersion}. */
public class VersionsTest {

    @Test
    public void computeCapabilitiesCompareByNumberNotByText() {
        assertEquals(-1, sign(ComputeCapability.parse("9.0").compareTo(ComputeCapability.parse("12.0"))));
        assertEquals(1, sign(ComputeCapability.parse("8.9").compareTo(ComputeCapability.parse("8.6"))));
        assertEquals(0, sign(ComputeCapability.parse(" 8.0 ").compareTo(new ComputeCapability(8, 0))));
        assertEquals("8.6", ComputeCapability.parse("8.6").toString());
    }

    @Test
    public void whatIsNoComputeCapabilityIsRefusedWithTheRightForm() {
        for (String text : new String[] {"", "8", "8.", ".8", "8.10", "-8.0", "sm_80", "8.0.0"}) {
            IllegalArgumentException refusal =
                    assertThrows(text, IllegalArgumentException.class, () -> ComputeCapability.parse(text));
            assertThat(refusal.getMessage(), containsString("'" + text + "' is not a compute capability"));
            assertThat(refusal.getMessage(), containsString("such as '8.0'"));
        }
    }

    @Test
    public void versionsCompareNumberByNumber() {
        assertEquals(-1, compare("535.104.05", "535.104.12"));
        assertEquals(-1, compare("12.4", "12.10"));
        assertEquals(0, compare("535", "535.0"));
        assertEquals(-1, compare("535", "535.0.1"));
        assertEquals(0, compare("535.104.05", "535.104.5"));
        assertEquals(1, compare("560", "550.54.15"));
    }

    @Test
    public void whatIsNoVersionIsRefusedWithTheRightForm() {
        for (String text : new String[] {"", "v12", "12.", ".4", "12..4", "-1", "1.2.3.4.5.6.7", "12.4-beta", "1234567"}) {
            IllegalArgumentException refusal =
                    assertThrows(text, IllegalArgumentException.class, () -> DottedVersion.parse(text));
            assertThat(refusal.getMessage(), containsString("'" + text + "' is not a version"));
        }
        assertEquals("12.4", DottedVersion.parse(" 12.4 ").toString());
    }

    private static int compare(String one, String other) {
        return sign(DottedVersion.parse(one).compareTo(DottedVersion.parse(other)));
    }

    private static int sign(int comparison) {
        return Integer.signum(comparison);
    }
}
