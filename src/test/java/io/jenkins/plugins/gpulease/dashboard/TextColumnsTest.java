package io.jenkins.plugins.gpulease.dashboard;

import static org.junit.Assert.assertEquals;

import java.util.List;
import org.junit.Test;

public class TextColumnsTest {

    @Test
    public void columnsAreAsWideAsWhatIsInThem() {
        TextColumns table = new TextColumns("A", "LONG", "C");
        table.add("1234", "x", "");

        assertEquals(List.of("A     LONG  C", "1234  x"), table.lines());
    }

    @Test
    public void whatControlsATerminalIsLeftOut() {
        TextColumns table = new TextColumns("A");
        table.add("\u001b[2Jx\ny");

        assertEquals(" [2Jx y", table.lines().get(1));
    }
}
