package io.jenkins.plugins.gpulease.config;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;

import java.time.Duration;
import java.util.List;
import org.junit.Test;

public class AgeingTest {

    @Test
    public void aTimeIsReadWithItsUnit() {
        assertEquals(Duration.ofMinutes(10), Ageing.parse("10m"));
        assertEquals(Duration.ofDays(30), Ageing.parse(" 30d "));
    }

    @Test
    public void zeroAndOffMeanThatPrioritiesDoNotAge() {
        assertEquals(Duration.ZERO, Ageing.parse("0"));
        assertEquals(Duration.ZERO, Ageing.parse("off"));
        assertEquals(Duration.ZERO, Ageing.parse("OFF"));
    }

    @Test
    public void leftOutItIsTheDefault() {
        assertEquals(Duration.ofMinutes(10), Ageing.parse(null));
        assertEquals(Duration.ofMinutes(10), Ageing.parse(" "));
        assertEquals(Duration.ofMinutes(10), Ageing.parse(Ageing.DEFAULT));
    }

    @Test
    public void anythingElseIsNamedWithTheRightForm() {
        for (String wrong : List.of("10", "soon", "-1m", "31d", "0m")) {
            String message = assertThrows(IllegalArgumentException.class, () -> Ageing.parse(wrong)).getMessage();
            assertThat(message, containsString("ageing '" + wrong + "'"));
            assertThat(message, containsString("'30m'"));
            assertThat(message, containsString("or 0 for priorities that do not age"));
        }
    }
}
