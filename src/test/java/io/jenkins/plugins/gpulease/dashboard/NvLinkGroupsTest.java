package io.jenkins.plugins.gpulease.dashboard;

import static org.junit.Assert.assertEquals;

import io.jenkins.plugins.gpulease.engine.device.Interconnect;
import io.jenkins.plugins.gpulease.engine.device.Link;
import io.jenkins.plugins.gpulease.engine.device.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.Test;

public class NvLinkGroupsTest {

    private static Topology topology(String... rows) {
        List<String> uuids = new ArrayList<>();
        List<List<Link>> links = new ArrayList<>();
        for (int i = 0; i < rows.length; i++) {
            uuids.add("GPU-" + i);
            links.add(rows[i].chars().mapToObj(NvLinkGroupsTest::link).toList());
        }
        return new Topology(uuids, links);
    }

    private static Link link(int symbol) {
        return switch (symbol) {
            case 'x' -> new Link(Interconnect.SAME_BOARD, 0);
            case 'N' -> new Link(Interconnect.NVLINK, 4);
            default -> new Link(Interconnect.SYSTEM, 0);
        };
    }

    @Test
    public void gpusThatAreConnectedThroughOthersAreInOneGroup() {
        assertEquals(Map.of("GPU-0", 1, "GPU-1", 1, "GPU-2", 1), NvLinkGroups.of(topology("xN.", "NxN", ".Nx")));
    }

    @Test
    public void groupsAreNumberedInOrderAndTheOthersHaveNone() {
        assertEquals(
                Map.of("GPU-0", 1, "GPU-2", 1, "GPU-3", 2, "GPU-4", 2),
                NvLinkGroups.of(topology("x.N..", ".x...", "N.x..", "...xN", "...Nx")));
    }

    @Test
    public void withoutNvLinkThereAreNoGroups() {
        assertEquals(Map.of(), NvLinkGroups.of(topology("x.", ".x")));
        assertEquals(Map.of(), NvLinkGroups.of(Topology.NONE));
    }
}
