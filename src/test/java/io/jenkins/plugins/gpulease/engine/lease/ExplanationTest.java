package io.jenkins.plugins.gpulease.engine.lease;

import static io.jenkins.plugins.gpulease.engine.lease.TableFixture.NODE;
import static io.jenkins.plugins.gpulease.engine.lease.TableFixture.asking;
import static org.hamcrest.CoreMatchers.containsString;
import static org.hamcrest.CoreMatchers.not;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.Test;

public class ExplanationTest {

    private final TableFixture fixture = new TableFixture().with(Gpus.h100s(4));

    @Test
    public void itSaysWhatIsIdleWhoHasTheRestAndThePlace() {
        fixture.request("a", 2);
        fixture.run(() -> fixture.table.observe(NODE, Map.of("GPU-3",
                Verdict.occupied("used by pid 4711 (python) with 12 GiB", List.of()))));
        fixture.passTime(Duration.ofMinutes(3));
        fixture.request("b", 2);
        fixture.request("c", 3);

        assertEquals(
                """
                agent-1: 1 of 4 GPUs idle; 3 GPUs asked
                GPU 0 (NVIDIA H100 80GB HBM3): leased by build a for 3 min
                GPU 1 (NVIDIA H100 80GB HBM3): leased by build a for 3 min
                GPU 3 (NVIDIA H100 80GB HBM3): occupied: used by pid 4711 (python) with 12 GiB
                Place 2 of 2; before it: build b (2)""",
                fixture.explanation("c"));
    }

    @Test
    public void itSaysWhyDevicesDontMatch() {
        fixture.with(Gpus.inventory(Gpus.h100(0), Gpus.t4(1)));
        fixture.request("a", 2);
        fixture.request(asking("b", DeviceRequest.of(1).withModel("H100")));

        assertThat(fixture.explanation("b"), containsString("GPU 1 (Tesla T4) is no model 'H100'"));
    }

    @Test
    public void itSaysThatANodeCantBeAsked() {
        fixture.run(() -> fixture.table.setUnreachable(NODE, "the agent is offline"));
        fixture.request("a", 1);

        assertEquals("agent-1 can't be asked now: the agent is offline\nPlace 1 of 1", fixture.explanation("a"));
    }

    @Test
    public void itSaysThatNothingIsHandedOutWhilePaused() {
        fixture.table.pause();
        fixture.request("a", 1);

        assertThat(fixture.explanation("a"), containsString("until the builds that run have taken up their leases again"));
    }

    @Test
    public void itSaysThatIdleDevicesAreKeptForSomebodyElse() {
        TableFixture strict = new TableFixture(0).with(Gpus.h100s(2));
        strict.request("a", 1);
        strict.request("b", 2);
        strict.request("c", 1);

        assertThat(strict.explanation("c"), containsString("Idle ones are kept for requests that came before"));
        assertThat(strict.explanation("b"), not(containsString("are kept")));
    }

    @Test
    public void itSaysWhatIsBeingVerifiedOrChecked() {
        fixture.request("a", 1);
        fixture.custodian.slow();
        fixture.release("a");
        fixture.request("b", 3);
        fixture.request("c", 1);

        assertThat(fixture.explanation("c"), containsString("GPU 0 (NVIDIA H100 80GB HBM3): being checked after its lease to build a"));
        assertThat(fixture.explanation("c"), containsString("GPU 2 (NVIDIA H100 80GB HBM3): being verified for build b"));
        assertThat(fixture.explanation("b"), containsString("GPU 2 (NVIDIA H100 80GB HBM3): being verified\n"));
    }

    @Test
    public void aSubLeaseIsToldAboutItsEnclosingLease() {
        fixture.request("outer", 2);
        fixture.request(TableFixture.inside("outer", "a", 1));
        fixture.request(TableFixture.inside("outer", "b", 2));

        assertEquals(
                """
                The enclosing lease on agent-1: 1 of 2 GPUs idle; 2 GPUs asked
                GPU 0 (NVIDIA H100 80GB HBM3): leased by build a for 0 s
                Place 1 of 1""",
                fixture.explanation("b"));
    }

    @Test
    public void itIsBounded() {
        fixture.with(Gpus.inventory(IntStream.range(0, 64).mapToObj(Gpus::h100).toArray(Device[]::new)));
        IntStream.range(0, 64).forEach(i -> fixture.request("small" + i, 1));
        IntStream.range(0, 20).forEach(i -> fixture.request("big" + i, 64));

        List<String> lines = fixture.table.explain("big19");
        assertTrue(lines.toString(), lines.size() <= 12);
        assertEquals(
                "Place 20 of 20; before it: build big0 (64), build big1 (64), build big2 (64), and 16 more",
                lines.get(lines.size() - 1));
    }

    @Test
    public void thereIsNothingToSayOfWhatDoesntWait() {
        fixture.request("a", 1);

        assertEquals(List.of(), fixture.table.explain("a"));
        assertEquals(List.of(), fixture.table.explain("never there"));
    }
}
