package io.jenkins.plugins.gpulease.dashboard;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Link;
import io.jenkins.plugins.gpulease.engine.device.Topology;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which GPUs of a node reach each other over NVLink, be it through others. Pure. */
final class NvLinkGroups {

    private NvLinkGroups() {}

    /** Numbers of groups, from 1 in the topology's order, by UUID; GPUs without NVLink have none. */
    @NonNull
    static Map<String, Integer> of(@NonNull Topology topology) {
        Map<String, Integer> groups = new HashMap<>();
        List<String> uuids = topology.uuids();
        int last = 0;
        for (int start = 0; start < uuids.size(); start++) {
            if (!groups.containsKey(uuids.get(start)) && hasNvLink(topology, start)) {
                spread(topology, start, ++last, groups);
            }
        }
        return groups;
    }

    private static boolean hasNvLink(Topology topology, int gpu) {
        return topology.links().get(gpu).stream().anyMatch(NvLinkGroups::isNvLink);
    }

    private static void spread(Topology topology, int start, int group, Map<String, Integer> groups) {
        Deque<Integer> reached = new ArrayDeque<>(List.of(start));
        groups.put(topology.uuids().get(start), group);
        while (!reached.isEmpty()) {
            List<Link> links = topology.links().get(reached.remove());
            for (int other = 0; other < links.size(); other++) {
                if (isNvLink(links.get(other)) && groups.putIfAbsent(topology.uuids().get(other), group) == null) {
                    reached.add(other);
                }
            }
        }
    }

    private static boolean isNvLink(Link link) {
        return link.nvLinks() > 0;
    }
}
