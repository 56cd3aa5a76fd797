package io.jenkins.plugins.gpulease.engine.cli;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.doctor.Finding;
import io.jenkins.plugins.gpulease.engine.doctor.Severity;
import java.util.ArrayList;
import java.util.List;

/** Findings as text: a group for each severity, worst first, and a line that counts them. */
final class DoctorText {

    private static final int WIDTH = 110;
    private static final String CURE = "Cure: ";

    private DoctorText() {}

    /** @param findings worst first */
    @NonNull
    static List<String> lines(@NonNull List<Finding> findings) {
        List<String> lines = new ArrayList<>();
        int topics = findings.stream().mapToInt(finding -> finding.topic().length()).max().orElse(0);
        for (Severity severity : Severity.values()) {
            List<Finding> group = findings.stream().filter(finding -> finding.severity() == severity).toList();
            if (!group.isEmpty()) {
                lines.add(severity.name());
                group.forEach(finding -> lines.addAll(lines(finding, topics)));
                lines.add("");
            }
        }
        lines.add(count(findings, Severity.PROBLEM, "problem") + ", " + count(findings, Severity.WARNING, "warning"));
        return lines;
    }

    private static List<String> lines(Finding finding, int topics) {
        List<String> lines = new ArrayList<>();
        String margin = " ".repeat(topics + 4);
        wrapped(finding.found()).forEach(line -> lines.add(margin + line));
        lines.set(0, "  " + finding.topic() + lines.get(0).substring(finding.topic().length() + 2));
        if (finding.cure() != null) {
            wrapped(CURE + finding.cure()).forEach(line -> lines.add(margin + line));
        }
        return lines;
    }

    /** Broken at blanks. */
    private static List<String> wrapped(String text) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ")) {
            if (line.length() > 0 && line.length() + word.length() >= WIDTH) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.length() > 0 ? " " : "").append(word);
        }
        lines.add(line.toString());
        return lines;
    }

    private static String count(List<Finding> findings, Severity severity, String noun) {
        long count = findings.stream().filter(finding -> finding.severity() == severity).count();
        return count + " " + noun + (count == 1 ? "" : "s");
    }
}
