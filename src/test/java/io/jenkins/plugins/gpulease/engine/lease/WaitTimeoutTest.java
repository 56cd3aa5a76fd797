package io.jenkins.plugins.gpulease.engine.lease;

import static org.hamcrest.CoreMatchers.containsString;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;

import java.time.Duration;
import java.util.List;
import org.junit.Test;

public class WaitTimeoutTest {

    @Test
    public void isAWholeNumberWithAUnit() {
        assertEquals(Duration.ofSeconds(90), WaitTimeout.parse("90s"));
        assertEquals(Duration.ofMinutes(30), WaitTimeout.parse(" 30 m "));
        assertEquals(Duration.ofHours(2), WaitTimeout.parse("2H"));
        assertEquals(WaitTimeout.MAX, WaitTimeout.parse("30d"));
    }

    @Test
    public void anythingElseIsNamedAndTheRightFormShown() {
        for (String bad : List.of("", "30", "m", "1.5h", "-1m", "0s", "31d", "999999999d", "30 min")) {
            String message = assertThrows(bad, IllegalArgumentException.class, () -> WaitTimeout.parse(bad)).getMessage();
            assertThat(message, containsString("'" + bad + "'"));
            assertThat(message, containsString("'30m'"));
        }
    }
}
