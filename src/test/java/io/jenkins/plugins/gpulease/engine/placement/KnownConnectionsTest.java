package io.jenkins.plugins.gpulease.engine.placement;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotSame;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.Topology;
import java.util.ArrayList;
import java.util.List;
import org.junit.Test;

public class KnownConnectionsTest {

    private final KnownConnections known = new KnownConnections();

    @Test
    public void aTopologyIsReadOnce() {
        Topology topology = Topologies.dgx1().topology();
        Topology equal = new Topology(topology.uuids(), topology.links());

        assertSame(known.of(topology), known.of(topology));
        assertNotSame(known.of(topology), known.of(equal));
        assertEquals(2, known.size());
    }

    @Test(timeout = 60_000)
    public void aTopologyThatNobodyHasIsForgotten() {
        Topology kept = Topologies.dgx1().topology();
        Connections connections = known.of(kept);
        known.of(Topologies.nvSwitch().topology());
        List<byte[]> ballast = new ArrayList<>();
        while (known.size() > 1) {
            System.gc();
            ballast.add(new byte[1 << 16]);
        }

        assertTrue(ballast.size() > 0);
        assertSame(connections, known.of(kept));
    }
}
