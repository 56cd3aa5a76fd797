package io.jenkins.plugins.gpulease.engine.placement;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.CoreMatchers.containsString;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import org.junit.Test;
import org.junit.function.ThrowingRunnable;

public class DeviceRequestTest {

    private static final MemorySize SIX_GB = MemorySize.parse("6 GB");

    private static void assertRefused(String message, ThrowingRunnable request) {
        assertThat(assertThrows(IllegalArgumentException.class, request).getMessage(), containsString(message));
    }

    @Test
    public void bareRequestsAreForWholeGpusConnectedWellIfThatIsPossible() {
        DeviceRequest request = DeviceRequest.of(2);

        assertEquals(TopologyPolicy.PREFERRED, request.topology());
        assertNull(request.mig());
        assertFalse(request.shared());
        assertFalse(request.isAll());
        assertEquals(2, request.least());
        assertEquals("2 GPUs", request.toString());
    }

    @Test
    public void allIsNoNumber() {
        DeviceRequest request = DeviceRequest.of(DeviceRequest.ALL).withModel("H100");

        assertTrue(request.isAll());
        assertEquals(1, request.least());
        assertEquals("all GPUs with model 'H100'", request.toString());
    }

    @Test
    public void countsAreReadAsNumbersOrAll() {
        assertEquals(8, DeviceRequest.parseCount(" 8 "));
        assertEquals(DeviceRequest.ALL, DeviceRequest.parseCount("All"));
        assertRefused("count is 0; allowed is 1 to 1024, or 'all'", () -> DeviceRequest.parseCount("0"));
        assertRefused("count 'many' is not a whole number; allowed is 1 to 1024, or 'all'", () -> DeviceRequest.parseCount("many"));
        assertRefused("count '1.5' is not a whole number", () -> DeviceRequest.parseCount("1.5"));
        assertRefused("count '99999999999' is not a whole number", () -> DeviceRequest.parseCount("99999999999"));
    }

    @Test
    public void countsOutOfRangeAreRefused() {
        assertRefused("count is 0; allowed is 1 to 1024", () -> DeviceRequest.of(0));
        assertRefused("count is -1; allowed is 1 to 1024", () -> DeviceRequest.of(-1));
        assertRefused("count is 1025; allowed is 1 to 1024", () -> DeviceRequest.of(1025));
    }

    @Test
    public void eachWishStaysWhenAnotherIsAdded() {
        DeviceRequest request = DeviceRequest.of(1).withShared(false).withMig("1g.10gb").withTopology(TopologyPolicy.ANY)
                .withMinMemory(SIX_GB).withShared(true).withModel("H100").withCuda(null).withMinDriver(null)
                .withMinComputeCapability(null);

        assertEquals("1g.10gb", request.mig());
        assertEquals(TopologyPolicy.ANY, request.topology());
        assertTrue(request.shared());
        assertEquals("1 shared MIG instance with profile 1g.10gb, at least 6 GB, model 'H100'", request.toString());
    }

    @Test
    public void topologyIsReadIgnoringCase() {
        assertEquals(TopologyPolicy.REQUIRED, TopologyPolicy.parse(" Required "));
        assertEquals(TopologyPolicy.ANY, TopologyPolicy.parse("any"));
        assertRefused("topology 'near' is not known; allowed are 'any', 'preferred' and 'required'", () -> TopologyPolicy.parse("near"));
        assertEquals(
                "2 GPUs with all pairs connected by NVLink or one PCIe switch",
                DeviceRequest.of(2).withTopology(TopologyPolicy.REQUIRED).toString());
        assertEquals("1 GPU", DeviceRequest.of(1).withTopology(TopologyPolicy.REQUIRED).toString());
    }

    @Test
    public void migIsAProfileOrAny() {
        for (String profile : new String[] {"any", "1g.10gb", "7g.80gb", "1c.3g.20gb", "1g.5gb+me", "1g.12gb+gfx", "1g.24gb+me.all", "2g.48gb-me"}) {
            assertEquals(profile, DeviceRequest.of(1).withMig(profile).mig());
        }
        assertEquals("1g.10gb", DeviceRequest.of(1).withMig(" 1G.10GB ").mig());
        for (String nonsense : new String[] {"", "all", "true", "1g", "10gb", "1g.10", "MIG-1234", "1g.10gb+"}) {
            assertRefused("mig '" + nonsense + "' is no MIG profile; allowed are 'any' and profiles", () -> DeviceRequest.of(1).withMig(nonsense));
        }
        assertEquals("all MIG instances", DeviceRequest.of(DeviceRequest.ALL).withMig("any").toString());
    }

    @Test
    public void migInstancesAreNotConnected() {
        DeviceRequest required = DeviceRequest.of(2).withTopology(TopologyPolicy.REQUIRED);

        assertRefused("topology is 'required' for several instances with mig '1g.10gb'", () -> required.withMig("1g.10gb"));
        assertEquals("any", DeviceRequest.of(1).withTopology(TopologyPolicy.REQUIRED).withMig("any").mig());
    }

    @Test
    public void sharingNeedsABudgetAndANumber() {
        assertRefused("shared is true without minMemory", () -> DeviceRequest.of(1).withShared(true));
        assertRefused(
                "shared is true with count 'all'; allowed is a number from 1 to 1024",
                () -> DeviceRequest.of(DeviceRequest.ALL).withMinMemory(SIX_GB).withShared(true));
    }
}
