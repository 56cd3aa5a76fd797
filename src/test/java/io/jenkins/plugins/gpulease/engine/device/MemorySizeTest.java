package io.jenkins.plugins.gpulease.engine.device;

import static org.hamcrest.CoreMatchers.containsString;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.util.Map;
import org.junit.Test;

public class MemorySizeTest {

    @Test
    public void aNumberWithAUnitIsRead() {
        Map<String, Long> table = Map.ofEntries(
                Map.entry("16 GB", 16_000_000_000L),
                Map.entry("16GB", 16_000_000_000L),
                Map.entry("16 gb", 16_000_000_000L),
                Map.entry("  16   GB ", 16_000_000_000L),
                Map.entry("16 GiB", 17_179_869_184L),
                Map.entry("512MiB", 536_870_912L),
                Map.entry("512 MB", 512_000_000L),
                Map.entry("1.5 GiB", 1_610_612_736L),
                Map.entry("2 TB", 2_000_000_000_000L),
                Map.entry("1 TiB", 1_099_511_627_776L),
                Map.entry("0.000001 MB", 1L));

        table.forEach((text, bytes) -> assertEquals(text, (long) bytes, MemorySize.parse(text).bytes()));
    }

    @Test
    public void eightyGbMatchesAnEightyGbCard() {
        assertTrue(MemorySize.ofMib(81_559).isAtLeast(MemorySize.parse("80 GB")));
        assertFalse(MemorySize.ofMib(81_559).isAtLeast(MemorySize.parse("80 GiB")));
    }

    @Test
    public void aPartOfAByteIsRoundedUp() {
        assertEquals(1_500_001, MemorySize.parse("1.5000001 MB").bytes());
    }

    @Test
    public void whatIsNoAmountIsRefusedWithTheRightForm() {
        for (String text : new String[] {"", "GB", "-1 GB", "NaN", "NaN GB", "Infinity GB", "1e3 GB", "1,5 GB", ".5 GB", "1. GB",
            "0x10 GB", "16 GB 2", "١٦ GB"}) {
            refuse(text, "'" + text + "' is not an amount of memory");
        }
        refuse("16", "'16' has no unit");
        refuse("16 GBit", "'16 GBit' has the unknown unit 'GBit'");
        refuse("16 kB", "'16 kB' has the unknown unit 'kB'");
        refuse("0 GB", "'0 GB' is zero");
        refuse("0.0 GB", "'0.0 GB' is zero");
        refuse("999999999999 TB", "'999999999999 TB' is too large");
    }

    private static void refuse(String text, String fault) {
        IllegalArgumentException refusal =
                assertThrows(text, IllegalArgumentException.class, () -> MemorySize.parse(text));
        assertThat(refusal.getMessage(), containsString(fault));
        assertThat(refusal.getMessage(), containsString("such as '16 GB' or '16 GiB'"));
    }

    @Test
    public void negativeBytesAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> MemorySize.ofBytes(-1));
        assertThrows(ArithmeticException.class, () -> MemorySize.ofMib(Long.MAX_VALUE));
    }

    @Test
    public void itIsWrittenInTheUnitItWasReadIn() {
        for (String text : new String[] {"40 GB", "1.5 GB", "16 GiB", "1.5 GiB", "512 MiB", "1024 GiB"}) {
            assertEquals(text, MemorySize.parse(text).toString());
        }
        assertEquals("79.6 GiB", MemorySize.ofMib(81_559).toString());
        assertEquals("0 MiB", MemorySize.ZERO.toString());
    }

    @Test
    public void itAddsAndSubtractsDownToZero() {
        MemorySize three = MemorySize.ofMib(3);
        MemorySize five = MemorySize.ofMib(5);

        assertEquals(MemorySize.ofMib(8), three.plus(five));
        assertEquals(MemorySize.ofMib(2), five.minus(three));
        assertEquals(MemorySize.ZERO, three.minus(five));
        assertTrue(three.compareTo(five) < 0);
        assertEquals(5, five.mib());
    }
}
