package io.jenkins.plugins.gpulease.engine.host;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.File;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The folder of the lock files, which all users of a host share. */
final class LockFolder {

    private static final String NAME = "gpu-lease";
    private static final int EVERYBODY_STICKY = 01777;

    /** What a UUID consists of; nothing in it can climb out of the folder. */
    private static final Pattern UUID = Pattern.compile("[A-Za-z0-9/-]{1,120}");

    private final Path path;

    LockFolder(@NonNull Path path) {
        this.path = path.toAbsolutePath().normalize();
    }

    /**
     * The folder that everybody on this host comes to without being told: the same answer for each user, so what counts is
     * whether <em>everybody</em> may write there.
     */
    @NonNull
    static Path choose(@NonNull Map<String, String> environment, @NonNull Properties properties) {
        String told = environment.getOrDefault(HostLocks.VARIABLE, properties.getProperty(HostLocks.PROPERTY, ""));
        if (!told.isBlank()) {
            return Path.of(told.trim());
        }
        if (File.separatorChar == '\\') {
            return Path.of(environment.getOrDefault("ProgramData", "C:\\ProgramData"), NAME, "locks");
        }
        return Stream.of("/run/lock", "/var/lock", "/tmp")
                .map(Path::of)
                .filter(parent -> Files.isDirectory(parent.resolve(NAME)) || isOpenToEverybody(parent))
                .findFirst()
                .orElseGet(() -> Path.of(properties.getProperty("java.io.tmpdir", "/tmp")))
                .resolve(NAME);
    }

    private static boolean isOpenToEverybody(Path folder) {
        try {
            PosixFileAttributes attributes = Files.readAttributes(folder, PosixFileAttributes.class);
            return attributes.isDirectory() && attributes.permissions().contains(PosixFilePermission.OTHERS_WRITE);
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    /** The lock file of a device. */
    @NonNull
    Path file(@NonNull String uuid) {
        if (!UUID.matcher(uuid).matches()) {
            throw new IllegalArgumentException(
                    "'" + uuid.replaceAll("\\p{Cntrl}", "?") + "' is not the UUID of a device; letters, digits, '-' and '/' are allowed");
        }
        return path.resolve(uuid.replace('/', '_') + ".lock");
    }

    /** Sees to it that the folder is there, for all users if it has to be made. */
    void prepare() throws IOException {
        try {
            if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                make();
            }
        } catch (IOException e) {
            throw unusable("can't be made", e);
        }
        check();
    }

    /** Sees to it that the folder can be used if it is there. */
    void check() throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            throw unusable("is not a folder (a symbolic link is none)", null);
        }
        if (!Files.isWritable(path)) {
            throw unusable("is not writable for user " + System.getProperty("user.name"), null);
        }
    }

    private void make() throws IOException {
        Files.createDirectories(path.getParent());
        try {
            Files.createDirectory(path);
        } catch (FileAlreadyExistsException e) {
            return; // somebody else was quicker
        }
        if (path.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            Files.setAttribute(path, "unix:mode", EVERYBODY_STICKY, LinkOption.NOFOLLOW_LINKS);
        }
    }

    private IOException unusable(String what, IOException cause) {
        String cure = File.separatorChar == '\\'
                ? "let an administrator make it and grant 'Modify' to all users of GPUs"
                : "let root run: install -d -m 1777 " + path;
        return new IOException("The folder of the GPU locks, " + path + ", " + what + "; " + cure + ", or set "
                + HostLocks.VARIABLE + " to another folder that everybody on this host uses", cause);
    }
}
