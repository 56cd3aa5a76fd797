package io.jenkins.plugins.gpulease.engine.usage;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;

import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.util.ArrayList;
import java.util.List;
import org.junit.Test;

public class AutoMemoryTest {

    private static final AutoMemory AUTO = new AutoMemory(MemorySize.parse("16 GB"), 20, 4);

    private final List<PeakLesson> lessons = new ArrayList<>();

    private void lesson(String peak, String total) {
        lessons.add(new PeakLesson(lessons.size() + 1, MemorySize.parse(peak), total == null ? null : MemorySize.parse(total)));
    }

    @Test
    public void untilThreeBuildsHaveTaughtTheFallbackCounts() {
        lesson("6 GB", "80 GB");
        lesson("6 GB", "80 GB");

        assertEquals(MemorySize.parse("16 GB"), AUTO.of(lessons).memory());
        assertNull(AUTO.of(lessons).highest());
        assertNull(AutoMemory.DEFAULT.of(lessons).memory());
    }

    @Test
    public void anotherFallbackChangesNothingElse() {
        AutoMemory other = AUTO.withFallback(MemorySize.parse("12 GB"));
        lesson("6 GB", "80 GB");
        assertEquals(MemorySize.parse("12 GB"), other.of(lessons).memory());

        lesson("6 GB", "80 GB");
        lesson("6 GB", "80 GB");
        assertEquals(AUTO.of(lessons), other.of(lessons));
    }

    @Test
    public void theHighestPeakAndAMargin() {
        lesson("5 GB", "80 GB");
        lesson("6.13 GB", "80 GB");
        lesson("5 GB", "80 GB");

        AutoMemory.Answer answer = AUTO.of(lessons);

        assertEquals("7.4 GB", answer.memory().toString());
        assertEquals(2, answer.highest().build());
        assertEquals(lessons, answer.from());
    }

    @Test
    public void onlyTheNewestBuildsCount() {
        lesson("70 GB", "80 GB");
        for (int i = 0; i < 4; i++) {
            lesson("5 GB", "80 GB");
        }

        assertEquals("6 GB", AUTO.of(lessons).memory().toString());
    }

    @Test
    public void theMarginDoesNotAskForMoreThanWhatSufficed() {
        for (int i = 0; i < 3; i++) {
            lesson("14 GiB", "15 GiB");
        }
        assertEquals(MemorySize.parse("14 GiB"), AUTO.of(lessons).memory());
    }

    @Test
    public void butNeverForLessThanThePeak() {
        for (int i = 0; i < 3; i++) {
            lesson("14.5 GiB", "15 GiB");
        }
        assertEquals(MemorySize.parse("14.5 GiB"), AUTO.of(lessons).memory());
    }

    @Test
    public void withoutATotalTheMarginStands() {
        for (int i = 0; i < 3; i++) {
            lesson("10 GB", null);
        }
        assertEquals(MemorySize.parse("12 GB"), AUTO.of(lessons).memory());
    }

    @Test
    public void whatIsSetIsChecked() {
        assertThrows(IllegalArgumentException.class, () -> new AutoMemory(null, -1, 10));
        assertThrows(IllegalArgumentException.class, () -> new AutoMemory(null, 401, 10));
        assertThrows(IllegalArgumentException.class, () -> new AutoMemory(null, 20, 2));
        assertThrows(IllegalArgumentException.class, () -> new AutoMemory(null, 20, 31));
        assertThrows(IllegalArgumentException.class, () -> new PeakLesson(1, MemorySize.ofBytes(Long.MAX_VALUE), null));
    }

    @Test
    public void theLargestPeakThatIsBelievedOverflowsNothing() {
        for (int i = 0; i < 3; i++) {
            lessons.add(new PeakLesson(i, PeakLesson.MOST, null));
        }
        assertEquals(true, new AutoMemory(null, 400, 3).of(lessons).memory().isAtLeast(PeakLesson.MOST));
    }
}
