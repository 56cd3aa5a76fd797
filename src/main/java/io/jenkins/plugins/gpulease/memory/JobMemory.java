package io.jenkins.plugins.gpulease.memory;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.XmlFile;
import hudson.model.Job;
import io.jenkins.plugins.gpulease.engine.usage.AutoMemory;
import io.jenkins.plugins.gpulease.engine.usage.PeakLesson;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * What the builds of a job used that succeeded: the newest {@link AutoMemory#MAX_BUILDS} of each block, of at most {@value #MAX_BLOCKS}
 * blocks, in the file {@value #FILE} of the job's folder; so it goes where the job goes, and is deleted with it. Below 500 kB, some
 * kB as a rule.
 *
 * <p>Thread-safe. The file is read and written under its monitor, which guards nothing else.
 */
final class JobMemory {

    static final String FILE = "gpu-memory.xml";

    /** Of more, those that were taught longest ago are forgotten. */
    static final int MAX_BLOCKS = 64;

    private static final Logger LOGGER = Logger.getLogger(JobMemory.class.getName());

    private Stored stored;

    /** The content of the file. A plain class, as XStream wants it. */
    static final class Stored {

        /** By block, the one that was taught last at the end; oldest build first. */
        private final Map<String, List<BlockPeak>> blocks = new LinkedHashMap<>();
    }

    @NonNull
    synchronized List<PeakLesson> lessons(@NonNull Job<?, ?> job, @NonNull String block) {
        return load(job).blocks.getOrDefault(block, List.of()).stream()
                .filter(Objects::nonNull)
                .map(BlockPeak::lesson)
                .flatMap(Optional::stream)
                .toList();
    }

    /** Takes in what a build used; one that teaches twice counts once. */
    synchronized void teach(@NonNull Job<?, ?> job, @NonNull Map<String, BlockPeak> peaks) {
        Stored known = load(job);
        peaks.forEach((block, peak) -> {
            List<BlockPeak> lessons = new ArrayList<>(Objects.requireNonNullElse(known.blocks.remove(block), List.of()));
            lessons.removeIf(lesson -> lesson == null || lesson.build() == peak.build());
            lessons.add(peak);
            lessons.sort(Comparator.comparingInt(BlockPeak::build));
            int surplus = Math.max(0, lessons.size() - AutoMemory.MAX_BUILDS);
            known.blocks.put(block, new ArrayList<>(lessons.subList(surplus, lessons.size())));
        });
        while (known.blocks.size() > MAX_BLOCKS) {
            known.blocks.remove(known.blocks.keySet().iterator().next());
        }
        save(job, known);
    }

    private Stored load(Job<?, ?> job) {
        if (stored == null) {
            stored = read(new XmlFile(new File(job.getRootDir(), FILE)));
        }
        return stored;
    }

    private static Stored read(XmlFile file) {
        try {
            if (file.exists() && file.read() instanceof Stored read && isWhole(read)) {
                return read;
            }
        } catch (IOException | RuntimeException e) {
            LOGGER.log(Level.WARNING, e, () -> "Could not read " + file + "; minMemory 'auto' learns anew there");
        }
        return new Stored();
    }

    private static boolean isWhole(@CheckForNull Stored read) {
        return read != null && read.blocks != null && !read.blocks.containsKey(null) && !read.blocks.containsValue(null);
    }

    private static void save(Job<?, ?> job, Stored changed) {
        if (!job.getRootDir().isDirectory()) {
            return; // deleted meanwhile; writing would bring its folder back
        }
        try {
            new XmlFile(new File(job.getRootDir(), FILE)).write(changed);
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, e, () -> "Could not store what builds of " + job + " teach about GPU memory");
        }
    }
}
