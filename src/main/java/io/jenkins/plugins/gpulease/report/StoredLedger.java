package io.jenkins.plugins.gpulease.report;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.XmlFile;
import io.jenkins.plugins.gpulease.engine.report.StoredHours;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The file of the report: below one megabyte. */
final class StoredLedger {

    private static final Logger LOGGER = Logger.getLogger(StoredLedger.class.getName());

    private final XmlFile file;

    StoredLedger(@NonNull XmlFile file) {
        this.file = file;
    }

    /** The content of the file. A plain class, as XStream wants it. */
    static final class Content {

        @CheckForNull
        private final List<String> jobs;

        @CheckForNull
        private final List<String> hours;

        Content(StoredHours stored) {
            jobs = new ArrayList<>(stored.jobs());
            hours = new ArrayList<>(stored.hours());
        }

        StoredHours toHours() {
            return jobs == null || hours == null || jobs.contains(null)
                    ? StoredHours.NONE
                    : new StoredHours(jobs, hours.stream().filter(Objects::nonNull).toList());
        }
    }

    /** What was stored; nothing if that can't be read, since a report isn't worth a Jenkins that doesn't start. */
    @NonNull
    StoredHours read() {
        try {
            return file.exists() && file.read() instanceof Content content ? content.toHours() : StoredHours.NONE;
        } catch (IOException | RuntimeException e) {
            LOGGER.log(Level.WARNING, e, () -> "Could not read " + file + "; the report on GPUs begins anew");
            return StoredHours.NONE;
        }
    }

    /** One after the other, so that what is newer is written last. Whoever counts isn't kept waiting by a slow disk. */
    synchronized void write(@NonNull Supplier<StoredHours> hours) {
        try {
            file.write(new Content(hours.get()));
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, e, () -> "Could not store the report on GPUs in " + file);
        }
    }
}
