package io.jenkins.plugins.gpulease.dashboard;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** A table for a terminal: columns as wide as what is in them. What would control the terminal is left out. */
final class TextColumns {

    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

    private final List<String[]> rows = new ArrayList<>();
    private final int[] widths;

    TextColumns(@NonNull String... header) {
        widths = new int[header.length];
        add(header);
    }

    void add(@NonNull String... cells) {
        String[] row = new String[widths.length];
        for (int i = 0; i < row.length; i++) {
            row[i] = CONTROL.matcher(cells[i]).replaceAll(" ");
            widths[i] = Math.max(widths[i], row[i].length());
        }
        rows.add(row);
    }

    @NonNull
    List<String> lines() {
        return rows.stream().map(this::line).toList();
    }

    private String line(String[] row) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < row.length; i++) {
            line.append(row[i]).append(" ".repeat(widths[i] - row[i].length() + 2));
        }
        return line.toString().stripTrailing();
    }
}
