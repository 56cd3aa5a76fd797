package io.jenkins.plugins.gpulease;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import net.sf.json.JSONObject;

/** The fields of REST data: those that there are, and those that docs/operators.md names. */
public final class RestFields {

    private static final Pattern FIELD = Pattern.compile("`(\\w+)(?:\\[])?`");

    private RestFields() {}

    /** Of a bean, but for what Jenkins itself adds. */
    @NonNull
    public static SortedSet<String> of(@NonNull JSONObject bean) {
        SortedSet<String> fields = new TreeSet<>();
        for (Object field : (Set<?>) bean.keySet()) {
            fields.add((String) field);
        }
        fields.remove("_class");
        return fields;
    }

    /** What is in code in a row of a table, without what is in brackets. */
    @NonNull
    public static SortedSet<String> documented(@NonNull String row) throws IOException {
        String line = Files.readAllLines(Path.of("docs/operators.md")).stream()
                .filter(each -> each.startsWith("| " + row + " |"))
                .findFirst()
                .orElseThrow();
        String cell = line.split("\\|")[2].replaceAll("\\([^)]*\\)", "");
        return FIELD.matcher(cell).results().map(found -> found.group(1)).collect(Collectors.toCollection(TreeSet::new));
    }
}
