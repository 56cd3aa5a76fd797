package io.jenkins.plugins.gpulease.engine.lease;

import static io.jenkins.plugins.gpulease.engine.lease.TableFixture.asking;
import static io.jenkins.plugins.gpulease.engine.lease.TableFixture.floating;
import static io.jenkins.plugins.gpulease.engine.lease.TableFixture.onlyIfIdle;
import static org.hamcrest.CoreMatchers.containsString;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.Test;

/** Requests that can't be served, and what they tell. */
public class FloatingEndsTest extends FloatingFixture {

    @Test
    public void whatNoKnownNodeCanEverServeFailsAndNamesTheClosest() {
        node("a", 2, 1).node("b", 4, 1);
        fixture.anywhere("f", 8, everywhere);

        assertEquals(LeaseFailure.Kind.IMPOSSIBLE, fixture.failure("f").kind());
        assertThat(fixture.failure("f").message(), containsString(
                "None of the 2 nodes that may be used suffices; closest: b has 4 GPUs, 8 GPUs asked"));
    }

    @Test
    public void whereNodesMayStillComeNothingIsImpossible() {
        node("a", 2, 1);
        fixture.anywhere("f", 8, everywhere.growing(true));
        assertEquals(List.of("f"), fixture.floating());
        everywhere.growing(false);
        fixture.run(() -> fixture.table.roomChanged(List.of()));

        assertEquals(LeaseFailure.Kind.IMPOSSIBLE, fixture.failure("f").kind());
    }

    @Test
    public void aNodeThatIsOfflineOrUnreadMaySatisfyInTime() {
        node("a", 4, 0);
        fixture.run(() -> fixture.table.setUnreachable("a", "offline"));
        fixture.with("b", Inventory.without(Inventory.Status.FAILED, "no answer", Gpus.SCANNED));
        everywhere.with("b", 0);
        fixture.anywhere("four", 4, everywhere);
        fixture.anywhere("eight", 8, everywhere);
        assertEquals(List.of("four", "eight"), fixture.floating());
        fixture.run(() -> fixture.table.removeNode("b"));

        assertEquals(List.of("four"), fixture.floating());
        assertEquals(LeaseFailure.Kind.IMPOSSIBLE, fixture.failure("eight").kind());
    }

    @Test
    public void whoDoesntWantToWaitFailsUnlessSomethingIsIdle() {
        node("a", 1, 1).node("b", 1, 0);
        fixture.anywhere(onlyIfIdle(floating("f1", DeviceRequest.of(1))), everywhere);
        fixture.anywhere(onlyIfIdle(floating("f2", DeviceRequest.of(1))), everywhere);

        assertTrue(fixture.isGranted("f1"));
        assertEquals(LeaseFailure.Kind.BUSY, fixture.failure("f2").kind());
        assertThat(fixture.failure("f2").message(), containsString("b: 1 of 1 suitable GPU idle; no executor idle"));
        assertThat(fixture.failure("f2").message(), containsString("a: 0 of 1 suitable GPU idle; held by build f1 (1)"));
    }

    @Test
    public void aPausedTableServesItLater() {
        node("a", 1, 1);
        fixture.table.pause();
        fixture.anywhere("f", 1, everywhere);
        fixture.anywhere(onlyIfIdle(floating("g", DeviceRequest.of(1))), everywhere);
        assertEquals(List.of("f", "g"), fixture.floating());
        fixture.run(fixture.table::resume);

        assertTrue(fixture.isGranted("f"));
        assertEquals(LeaseFailure.Kind.BUSY, fixture.failure("g").kind());
    }

    @Test
    public void itsExplanationHasALineForEachNode() {
        node("a", 2, 1).node("b", 4, 0).node("c", 2, 3);
        bound("a", "one", 2);
        bound("b", "two", 3);
        fixture.run(() -> fixture.table.setUnreachable("c", "the agent is offline"));
        fixture.anywhere("f1", 2, everywhere);
        fixture.anywhere("f2", 1, everywhere);

        assertEquals(
                """
                1 GPU asked, on any of 3 nodes
                b: 1 of 4 suitable GPUs idle; held by build two (3); no executor idle
                a: 0 of 2 suitable GPUs idle; held by build one (2)
                c can't be asked now: the agent is offline
                Place 2 of 2 among requests for any node; before it: build f1 (2)""",
                fixture.explanation("f2"));
    }

    @Test
    public void whoMayNotKnowTheHoldersIsToldHowManyAreHeld() {
        node("a", 2, 1).node("b", 4, 0);
        bound("a", "one", 2);
        bound("b", "two", 3);
        fixture.anywhere("f1", 2, everywhere);
        fixture.anywhere("f2", 1, everywhere);

        assertEquals(
                List.of(
                        "1 GPU asked, on any of 2 nodes",
                        "b: 1 of 4 suitable GPUs idle; 3 held; no executor idle",
                        "a: 0 of 2 suitable GPUs idle; 2 held",
                        "Place 2 of 2 among requests for any node"),
                fixture.table.explainWithoutHolders("f2"));
    }

    @Test
    public void itsExplanationIsBounded() {
        IntStream.range(0, 30).forEach(i -> node("n" + i, 1, 0));
        fixture.anywhere("f", 1, everywhere);

        List<String> lines = fixture.table.explain("f");
        assertEquals(12, lines.size());
        assertEquals("and 21 more nodes", lines.get(10));
    }

    @Test
    public void aLabelThatNoNodeHasFailsAndNamesTheNodesThatWouldSuffice() {
        for (String name : List.of("a", "b", "c", "d", "e")) {
            node(name, 2, 1);
        }
        node("one", 1, 1);
        fixture.anywhere("two", 2, new ScriptedCandidates());
        fixture.anywhere("nine", 9, new ScriptedCandidates());

        assertEquals(
                "No known node has label 'any', 2 GPUs asked; without that, a, b, c and 2 more would suffice",
                fixture.failure("two").message());
        assertEquals(
                "No known node has label 'any', 9 GPUs asked; no other node would suffice either", fixture.failure("nine").message());
    }

    @Test
    public void whoWaitsForNodesThatMayStillComeIsToldSo() {
        node("a", 1, 0);
        fixture.anywhere("one", 1, everywhere.growing(true));
        fixture.anywhere("nine", 9, everywhere);

        assertEquals(
                """
                1 GPU asked, on any of 1 node
                a: 1 of 1 suitable GPU idle; no executor idle
                further nodes may come, as from a cloud, or their GPUs haven't been looked at yet
                Place 1 of 2 among requests for any node""",
                fixture.explanation("one"));
        assertEquals(
                """
                9 GPUs asked, which no known node with label 'any' has
                further nodes may come, as from a cloud, or their GPUs haven't been looked at yet
                Place 2 of 2 among requests for any node; before it: build one (1)""",
                fixture.explanation("nine"));
    }

    @Test
    public void whoHasDevicesKeptForItIsToldWhere() {
        node("a", 2, 0);
        bound("a", "long", 1);
        fixture.anywhere("f", 2, everywhere);
        for (int i = 0; i < LeaseTable.DEFAULT_MAX_OVERTAKES; i++) {
            bound("a", "s" + i, 1);
            fixture.release("s" + i);
        }

        assertThat(fixture.explanation("f"), containsString(
                "a: 1 of 2 suitable GPUs idle; held by build long (1); no executor idle; its GPUs are kept for it"));
    }

    @Test
    public void aRequestIsEitherBoundOrFloats() {
        node("a", 1, 1);

        assertThrows(IllegalArgumentException.class, () -> fixture.anywhere(asking("x", 1), everywhere));
        assertThrows(IllegalArgumentException.class, () -> fixture.request(floating("y", DeviceRequest.of(1))));
    }
}
