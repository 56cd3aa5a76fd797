package io.jenkins.plugins.gpulease.engine.nvml;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A section of the fake library's file: lines of a key and a value, or of a key, a name and a value. */
final class FakeSection {

    private static final List<String> FAULTS = List.of("fail ", "hang ", "abort ", "slow ");

    private final Map<String, String> lines = new LinkedHashMap<>();

    /** The key's only value. */
    void set(String key, Object value) {
        lines.put(key, value.toString());
    }

    /** The value of one of a key's names. */
    void set(String key, String name, Object value) {
        lines.put(key + " " + name, value.toString());
    }

    void remove(String key) {
        lines.keySet().removeIf(line -> line.equals(key) || line.startsWith(key + " "));
    }

    void removeFaults() {
        lines.keySet().removeIf(line -> FAULTS.stream().anyMatch(line::startsWith));
    }

    String text() {
        return lines.entrySet().stream()
                .map(line -> (line.getKey() + " " + line.getValue()).stripTrailing() + "\n")
                .collect(Collectors.joining());
    }
}
