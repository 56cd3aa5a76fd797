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
    private static final int ROOT = 0;

    /** What the host's root, among others, looks like to the root of a container with users of its own. */
    private static final int UNMAPPED = 65534;

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
        if (isUnix() && !isTrusted(System.getProperty("user.name", ""), (Integer) Files.getAttribute(path, "unix:uid"))) {
            throw new IOException("The folder of the GPU locks, " + path + ", belongs to user " + Files.getOwner(path)
                    + ", who can delete root's locks in it; let root run: chown root " + path + ", or set " + HostLocks.VARIABLE
                    + " to another folder that everybody on this host uses");
        }
    }

    /** Root doesn't rely on a folder that somebody else can empty. */
    static boolean isTrusted(@NonNull String user, int owner) {
        return !user.equals("root") || owner == ROOT || owner == UNMAPPED;
    }

    private boolean isUnix() {
        return path.getFileSystem().supportedFileAttributeViews().contains("unix");
    }

    private void make() throws IOException {
        Path parent = path.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        try {
            Files.createDirectory(path);
        } catch (FileAlreadyExistsException e) {
            return; // somebody else was quicker
        }
        if (isUnix()) {
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
