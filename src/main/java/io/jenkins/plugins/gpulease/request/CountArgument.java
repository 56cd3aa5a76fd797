package io.jenkins.plugins.gpulease.request;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jenkinsci.plugins.structs.describable.UninstantiatedDescribable;

/** {@code count} as Pipelines write it: {@code 2} or {@code 'all'}; a property has but one type, which is text. */
public final class CountArgument {

    private static final String COUNT = "count";

    private CountArgument() {}

    /** For {@link org.jenkinsci.plugins.structs.describable.CustomDescribableModel#customInstantiate}. */
    @NonNull
    public static Map<String, Object> asText(@NonNull Map<String, Object> arguments) {
        Map<String, Object> converted = new LinkedHashMap<>(arguments);
        converted.computeIfPresent(COUNT, (name, count) -> count instanceof Number ? count.toString() : count);
        return converted;
    }

    /** For {@link org.jenkinsci.plugins.structs.describable.CustomDescribableModel#customUninstantiate}; sorts by name. */
    @NonNull
    public static UninstantiatedDescribable asNumber(@NonNull UninstantiatedDescribable described) {
        Map<String, Object> arguments = new TreeMap<>(described.getArguments());
        arguments.computeIfPresent(COUNT, (name, count) -> isNumber(count) ? Integer.valueOf(count.toString()) : count);
        return described.withArguments(arguments);
    }

    private static boolean isNumber(Object count) {
        return count.toString().matches("\\d{1,9}");
    }
}
