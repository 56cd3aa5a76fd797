package io.jenkins.plugins.gpulease.build;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The folder of a build, which may be deleted at any time. To write into it then would bring it back, as a build without a past. */
record BuildFolder(@NonNull Run<?, ?> run) {

    /** Asked each time, as its job may be moved. */
    private Path path() {
        return run.getRootDir().toPath();
    }

    /** Not if nobody can tell, as when a file server is away for a while. */
    boolean isGone() {
        return Files.notExists(path());
    }

    /** Deletes a file that was just written, and the folder, if that was deleted meanwhile: then nothing else is in it. */
    void deleteIfAlone(@NonNull String name) throws IOException {
        Path folder = path();
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.limit(2).toList();
        }
        if (files.equals(List.of(folder.resolve(name)))) {
            Files.delete(files.get(0));
            Files.delete(folder);
        }
    }
}
