package io.jenkins.plugins.gpulease.engine.simulation;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/** The folder in which processes announce what they do to simulated devices. */
final class LoadFolder {

    private static final Logger LOGGER = Logger.getLogger(LoadFolder.class.getName());

    private static final int MAX_FILES = 1000;

    private static final Duration KEPT = Duration.ofHours(1);

    private final Path folder;
    private final boolean usable;

    /** @param folder it is made if it isn't there, so that shells can write to it */
    LoadFolder(@NonNull Path folder) {
        this.folder = folder;
        this.usable = isUsable(folder);
    }

    private static boolean isUsable(Path folder) {
        try {
            prepare(folder);
            return true;
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, e, () -> "No loads are simulated in " + folder);
            return false;
        }
    }

    /**
     * Makes the folder, for this user only.
     *
     * @throws IOException if it can't be made, or is a link or another user's, who could have us write where we don't mean to
     */
    static void prepare(@NonNull Path folder) throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            make(folder);
        }
        Path ours = Files.createTempFile(folder, "owner", null);
        try {
            UserPrincipal owner = Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS);
            if (!owner.equals(Files.getOwner(ours))) {
                throw new IOException("Folder " + folder + " is " + owner.getName() + "'s; have it removed");
            }
        } finally {
            Files.deleteIfExists(ours);
        }
    }

    private static void make(Path folder) throws IOException {
        if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(folder + " is not a folder (a symbolic link is none); remove it");
        }
        Files.createDirectories(folder.toAbsolutePath().getParent());
        try {
            if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            } else {
                Files.createDirectory(folder);
            }
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) { // or another process has just made it
                throw e;
            }
        }
    }

    /** The loads of each process that is alive. */
    @NonNull
    Map<ProcessHandle, List<Load>> current() {
        if (!usable) {
            return Map.of();
        }
        Map<ProcessHandle, List<Load>> loads = new LinkedHashMap<>();
        for (Path file : files()) {
            LoadFile.ofLiveProcess(file).ifPresentOrElse(live -> loads.put(live.process(), live.loads()), () -> forget(file));
        }
        return loads;
    }

    private List<Path> files() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.limit(MAX_FILES).toList();
        } catch (IOException e) {
            LOGGER.log(Level.FINE, e, () -> "Folder " + folder + " can't be read");
            return List.of();
        }
    }

    /** Removes what a process that was killed left behind; it may as well be one that can't be seen from here, so not at once. */
    private static void forget(Path file) {
        try {
            Instant longAgo = Instant.now().minus(KEPT);
            if (LoadFile.hasItsName(file) && Files.getLastModifiedTime(file).toInstant().isBefore(longAgo)) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            LOGGER.log(Level.FINE, e, () -> "Load " + file + " can't be removed");
        }
    }
}
