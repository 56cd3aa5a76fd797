package io.jenkins.plugins.gpulease;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.MessageFormat;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PropertyResourceBundle;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.Test;

/** The Chinese texts, read as Stapler and Localizer read them: by a PropertyResourceBundle from a stream. */
public class TranslationTest {

    private static final Path ROOT = Path.of("src/main/resources");
    private static final Pattern VIEW_KEY = Pattern.compile("\\$\\{%([^(}]+)");
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{(\\d+)");
    private static final Pattern CODE = Pattern.compile("<code>(.*?)</code>", Pattern.DOTALL);
    private static final Set<String> SAME_IN_BOTH =
            Set.of("UUID", "GPU", "GpuNodeSettings.noMargin", "GpuNodeSettings.noFallback", "TextParameter.fault", "HealthLog.gpu", "NodeSummary.note",
                    "AutoMemoryConfig.badFallback", "row");

    @Test
    public void eachMessageHasATranslationAndNoneIsStale() throws IOException {
        for (Path english : filesThatEndWith("Messages.properties")) {
            assertEquals(english.toString(), read(english).keySet(), read(chinese(english)).keySet());
        }
    }

    @Test
    public void eachKeyOfAViewHasATranslationAndNoneIsStale() throws IOException {
        for (Path view : filesThatEndWith(".jelly")) {
            Set<String> keys = new TreeSet<>(VIEW_KEY.matcher(Files.readString(view)).results()
                    .map(found -> found.group(1))
                    .toList());
            assertEquals(view.toString(), keys, new TreeSet<>(read(chinese(view)).keySet()));
        }
    }

    @Test
    public void aTranslationHasThePlaceholdersOfTheEnglishTextAndIsFormatted() throws IOException {
        for (Path chinese : filesThatEndWith("_zh_CN.properties")) {
            Map<String, String> english = read(english(chinese));
            read(chinese).forEach((key, text) -> {
                new MessageFormat(text);
                assertEquals(chinese + ": " + key, placeholders(english.getOrDefault(key, key)), placeholders(text));
            });
        }
    }

    @Test
    public void noTextIsLeftInEnglish() throws IOException {
        for (Path chinese : filesThatEndWith("_zh_CN.properties")) {
            Map<String, String> english = read(english(chinese));
            read(chinese).forEach((key, text) -> {
                if (!SAME_IN_BOTH.contains(key)) {
                    assertFalse(chinese + ": " + key, text.equals(english.getOrDefault(key, key)));
                }
            });
        }
    }

    @Test
    public void eachHelpHasATranslationWithTheSameCode() throws IOException {
        for (Path help : filesThatEndWith(".html")) {
            if (!help.toString().endsWith("_zh_CN.html")) {
                String name = help.getFileName().toString().replace(".html", "_zh_CN.html");
                assertEquals(help.toString(), codes(help), codes(help.resolveSibling(name)));
            }
        }
    }

    private static Set<String> codes(Path help) throws IOException {
        return CODE.matcher(Files.readString(help)).results()
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Path chinese(Path english) {
        String name = english.getFileName().toString();
        return english.resolveSibling(name.substring(0, name.lastIndexOf('.')) + "_zh_CN.properties");
    }

    private static Path english(Path chinese) {
        return chinese.resolveSibling(chinese.getFileName().toString().replace("_zh_CN", ""));
    }

    private static Set<String> placeholders(String text) {
        return PLACEHOLDER.matcher(text).results().map(found -> found.group(1)).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Map<String, String> read(Path file) throws IOException {
        Map<String, String> texts = new HashMap<>();
        if (Files.exists(file)) {
            try (InputStream in = Files.newInputStream(file)) {
                PropertyResourceBundle bundle = new PropertyResourceBundle(in);
                bundle.keySet().forEach(key -> texts.put(key, bundle.getString(key)));
            }
        }
        return texts;
    }

    private static List<Path> filesThatEndWith(String end) throws IOException {
        try (Stream<Path> files = Files.walk(ROOT)) {
            List<Path> found = files.filter(file -> file.toString().endsWith(end)).toList();
            assertFalse("No file ends with " + end, found.isEmpty());
            return found;
        }
    }
}
