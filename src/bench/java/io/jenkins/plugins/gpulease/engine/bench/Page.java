package io.jenkins.plugins.gpulease.engine.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A page of the documentation, of which one section is a report. */
public final class Page {

    private final Path path;

    public Page(Path path) {
        this.path = path;
    }

    /**
     * Replaces a section, or adds it at the end; other sections are left alone.
     *
     * @param heading its first line, such as {@code ## Engine}
     * @param text what comes below
     */
    public void write(String heading, String text) throws IOException {
        String page = Files.readString(path);
        String section = heading + "\n" + text.strip() + "\n";
        Matcher present = Pattern.compile(Pattern.quote(heading) + "\n.*?(?=^## |\\z)", Pattern.DOTALL | Pattern.MULTILINE)
                .matcher(page);
        String changed = present.find()
                ? page.substring(0, present.start()) + section + "\n" + page.substring(present.end())
                : page.strip() + "\n\n" + section;
        Files.writeString(path, changed.strip() + "\n");
    }
}
