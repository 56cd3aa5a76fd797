package io.jenkins.plugins.gpulease.engine.host;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.Test;

public class LockNoteTest {

    private static final LockNote NOTE = new LockNote("lease-7", "training #12", "4711", "jenkins", "2025-01-01T12:00:00Z");

    @Test
    public void isReadAsItWasWritten() {
        assertEquals(NOTE, LockNote.parse(NOTE.text()));
    }

    @Test
    public void tellsWhoHoldsTheLock() {
        assertEquals("training #12 (pid 4711, user jenkins, since 2025-01-01T12:00:00Z)", NOTE.toString());
    }

    @Test
    public void controlCharactersAreEscapedWhenWrittenAndWhenRead() {
        assertEquals("a\\u000apid=1\\u001b[2J", new LockNote("l", "a\npid=1\u001b[2J", "2", "u", "s").holder());
        assertEquals("\\u001b[31mroot\\u202e", LockNote.parse(LockNote.MAGIC + "\nholder=\u001b[31mroot\u202e").holder());
    }

    @Test
    public void missingLinesReadAsUntold() {
        assertEquals(new LockNote("?", "?", "?", "?", "?"), LockNote.parse(LockNote.MAGIC));
    }

    @Test
    public void foreignTextIsNoNote() {
        assertNull(LockNote.parse(""));
        assertNull(LockNote.parse("root:x:0:0"));
    }

    @Test
    public void longValuesAreCutSoThatANoteIsAlwaysReadInFull() {
        String astral = "\uD83D\uDE80".repeat(1000);
        LockNote note = new LockNote(astral, "\u001b".repeat(1000), astral, astral, astral);
        assertTrue(note.text().getBytes(StandardCharsets.UTF_8).length < LockNote.MAX_BYTES);
    }
}
