package io.jenkins.plugins.gpulease.engine.lease;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Nodes with so many idle executors; equal only to itself. */
final class ScriptedCandidates implements Candidates {

    private final Map<String, Integer> room = new ConcurrentHashMap<>();
    private final Set<String> closed = ConcurrentHashMap.newKeySet();
    private volatile boolean growing;

    ScriptedCandidates with(String node, int executors) {
        room.put(node, executors);
        return this;
    }

    ScriptedCandidates without(String node) {
        room.remove(node);
        return this;
    }

    /** Takes no tasks from now on, as while it is offline. */
    ScriptedCandidates closed(String node) {
        closed.add(node);
        return with(node, 0);
    }

    ScriptedCandidates growing(boolean grows) {
        growing = grows;
        return this;
    }

    /** An executor is taken, or comes back. */
    void add(String node, int executors) {
        room.computeIfPresent(node, (name, before) -> before + executors);
    }

    @Override
    public boolean mayUse(String node) {
        return room.containsKey(node);
    }

    @Override
    public int room(String node) {
        return room.getOrDefault(node, 0);
    }

    @Override
    public boolean takesTasks(String node) {
        return !closed.contains(node);
    }

    @Override
    public String title() {
        return "with label 'any'";
    }

    @Override
    public String noNode() {
        return "No known node has label 'any'";
    }

    @Override
    public boolean mayGrow() {
        return growing;
    }
}
