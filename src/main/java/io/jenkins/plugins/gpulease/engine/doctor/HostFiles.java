package io.jenkins.plugins.gpulease.engine.doctor;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

/** The files of a machine, which are below some folder in tests. Reads are bounded. Paths are absolute, as the machine has them. */
final class HostFiles {

    /** The list of a kernel's modules has about a megabyte. */
    private static final int LONGEST = 8 << 20;

    private static final int MOST_NAMES = 10_000;

    private final Path root;

    HostFiles(@NonNull Path root) {
        this.root = root;
    }

    @NonNull
    static HostFiles ofThisMachine() {
        return new HostFiles(Path.of("/"));
    }

    @NonNull
    Path at(@NonNull String path) {
        return root.resolve(path.replaceFirst("^/+", ""));
    }

    boolean exists(@NonNull String path) {
        return Files.exists(at(path));
    }

    /** The text of a file, or the beginning of it. */
    @NonNull
    String text(@NonNull String path) throws IOException {
        try (InputStream in = Files.newInputStream(at(path))) {
            return new String(in.readNBytes(LONGEST), StandardCharsets.UTF_8);
        }
    }

    /** The same; empty if there is no such file, or it can't be read. */
    @NonNull
    String textOrEmpty(@NonNull String path) {
        try {
            return text(path);
        } catch (IOException e) {
            return "";
        }
    }

    /** The last lines of a file that may be large. */
    @NonNull
    List<String> lastLines(@NonNull String path) throws IOException {
        try (FileChannel file = FileChannel.open(at(path))) {
            file.position(Math.max(0, file.size() - LONGEST));
            return new String(Channels.newInputStream(file).readNBytes(LONGEST), StandardCharsets.UTF_8).lines().toList();
        }
    }

    /** The first bytes of a file, as many as there are up to a number. */
    @NonNull
    byte[] head(@NonNull String path, int length) throws IOException {
        try (InputStream in = Files.newInputStream(at(path))) {
            return in.readNBytes(length);
        }
    }

    /** What is in a folder, sorted; nothing if there is no such folder. */
    @NonNull
    List<String> names(@NonNull String folder) throws IOException {
        if (!Files.isDirectory(at(folder))) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(at(folder))) {
            return files.limit(MOST_NAMES).map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /** The name of what a symbolic link leads to, or of the file itself; null if there is no such file. */
    @CheckForNull
    String targetName(@NonNull String path) {
        Path file = at(path);
        try {
            Path target = Files.isSymbolicLink(file) ? Files.readSymbolicLink(file) : Files.exists(file) ? file : null;
            return target == null || target.getFileName() == null ? null : target.getFileName().toString();
        } catch (IOException e) {
            return null;
        }
    }

    /**
     * Who may do what with a file, as {@code ls} shows it.
     *
     * @param mode such as {@code rw-rw----}
     */
    record Access(@NonNull String mode, @NonNull String owner, @NonNull String group, int gid) {

        boolean isForGroup() {
            return mode.startsWith("rw", 3);
        }

        @Override
        public String toString() {
            return mode + " " + owner + ":" + group;
        }
    }

    @NonNull
    Access access(@NonNull String path) throws IOException {
        PosixFileAttributes attributes = Files.readAttributes(at(path), PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        int gid = (Integer) Files.getAttribute(at(path), "unix:gid", LinkOption.NOFOLLOW_LINKS);
        return new Access(PosixFilePermissions.toString(attributes.permissions()), attributes.owner().getName(),
                attributes.group().getName(), gid);
    }
}
