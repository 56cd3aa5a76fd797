package io.jenkins.plugins.gpulease.engine.lease;

import static org.junit.Assert.assertEquals;

import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.Test;

public class TurnsTest {

    private static final int MOST = 2;

    /** A contender for so many devices out of those that suit it. */
    private record Wish(String name, int count, Set<Integer> suits, boolean isServedInTime, int overtaken)
            implements Contender {

        static Wish of(String name, int count, Integer... suits) {
            return new Wish(name, count, Set.of(suits), true, 0);
        }

        Wish overtaken(int times) {
            return new Wish(name, count, suits, isServedInTime, times);
        }

        Wish hopeless() {
            return new Wish(name, count, suits, false, overtaken);
        }

        @Override
        public Set<String> suitable() {
            return suits.stream().map(index -> "GPU-" + index).collect(Collectors.toSet());
        }

        @Override
        public MemorySize budget() {
            return null;
        }

        @Override
        public Optional<List<Device>> choose(Supply supply) {
            List<Device> fitting = suits.stream()
                    .sorted()
                    .map(Gpus::h100)
                    .filter(device -> supply.idle().contains(device.uuid()))
                    .limit(count)
                    .toList();
            return fitting.size() == count ? Optional.of(fitting) : Optional.empty();
        }
    }

    /** Such as {@code small[0, 1] over big}. */
    private static List<String> turns(int idle, Wish... order) {
        Set<String> uuids = IntStream.range(0, idle).mapToObj(index -> "GPU-" + index).collect(Collectors.toSet());
        return Turns.of(Arrays.asList(order), Supply.of(uuids), MOST).stream()
                .map(turn -> turn.contender().name()
                        + turn.devices().stream().map(Device::index).toList()
                        + turn.overtaken().stream().map(earlier -> " over " + earlier.name()).collect(Collectors.joining()))
                .toList();
    }

    @Test
    public void everybodyIsServedInTheirOrder() {
        assertEquals(List.of("a[0]", "b[1, 2]"), turns(3, Wish.of("a", 1, 0, 1, 2), Wish.of("b", 2, 0, 1, 2)));
    }

    @Test
    public void nothingIdleServesNobody() {
        assertEquals(List.of(), turns(0, Wish.of("a", 1, 0)));
    }

    @Test
    public void aSmallerRequestMayOvertakeALargerOne() {
        assertEquals(List.of("small[0] over big"), turns(1, Wish.of("big", 2, 0, 1), Wish.of("small", 1, 0, 1)));
    }

    @Test
    public void whoWasOvertakenTooOftenKeepsItsDevicesFree() {
        assertEquals(
                List.of(), turns(1, Wish.of("big", 2, 0, 1).overtaken(MOST), Wish.of("small", 1, 0, 1)));
    }

    @Test
    public void theBoundHoldsWithinOneRound() {
        assertEquals(
                List.of("a[0] over big", "b[1] over big"),
                turns(
                        3,
                        Wish.of("big", 4, 0, 1, 2, 3),
                        Wish.of("a", 1, 0, 1, 2),
                        Wish.of("b", 1, 0, 1, 2),
                        Wish.of("c", 1, 0, 1, 2)));
    }

    @Test
    public void whoTakesOtherDevicesOvertakesNobody() {
        assertEquals(
                List.of("other[1]"), turns(2, Wish.of("big", 2, 0, 5).overtaken(MOST), Wish.of("other", 1, 1)));
    }

    @Test
    public void whoCantBeServedInTimeNeitherBlocksNorCounts() {
        assertEquals(
                List.of("small[0]"),
                turns(1, Wish.of("big", 2, 0, 1).overtaken(MOST).hopeless(), Wish.of("small", 1, 0)));
    }

    @Test
    public void severalCanBeOvertakenByOne() {
        assertEquals(
                List.of("c[0] over a over b"),
                turns(1, Wish.of("a", 2, 0, 1), Wish.of("b", 3, 0, 1, 2), Wish.of("c", 1, 0)));
    }
}
