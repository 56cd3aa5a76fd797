package io.jenkins.plugins.gpulease.engine.host;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;

/**
 * One open lock file. Used under the monitor of {@link HeldLocks} only: closing it drops every lock that this process has on
 * the file.
 *
 * <p>The folder is open to all users of the host, so a file in it may be a trap: links aren't followed, a second name (hard
 * link) is refused. So whatever it contains is nobody's but the lock's, and is overwritten.
 */
final class LockFile implements Closeable {

    /** The locked byte lies behind the content, since Windows keeps others from reading what is locked. */
    private static final long LOCKED_BYTE = 1L << 30;

    private final Path path;
    private final FileChannel channel;
    private final Object fileKey;

    private LockFile(Path path, FileChannel channel, Object fileKey) {
        this.path = path;
        this.channel = channel;
        this.fileKey = fileKey;
    }

    /** Opens the file, and makes it, for all users, if it isn't there. */
    @NonNull
    static LockFile openOrCreate(@NonNull Path path) throws IOException {
        // Never O_CREAT on an existing file: Linux refuses that for another user's file (fs.protected_regular).
        LockFile existing = open(path);
        if (existing != null) {
            return existing;
        }
        create(path);
        LockFile created = open(path);
        if (created == null) {
            throw new NoSuchFileException(path.toString(), null, "somebody deletes lock files; leave them where they are");
        }
        return created;
    }

    /** Opens the file if it is there. */
    @CheckForNull
    static LockFile open(@NonNull Path path) throws IOException {
        try {
            BasicFileAttributes before = attributes(path);
            refuseTraps(path, before);
            return new LockFile(path, FileChannel.open(path, Set.of(
                    StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)), before.fileKey());
        } catch (NoSuchFileException e) {
            return null;
        } catch (AccessDeniedException e) {
            throw new IOException("Lock file " + path + " may not be read and written by user "
                    + System.getProperty("user.name") + "; find out who put it there, then delete it", e);
        }
    }

    private static void create(Path path) throws IOException {
        try {
            Files.createFile(path);
        } catch (FileAlreadyExistsException e) {
            return; // somebody else was quicker
        }
        PosixFileAttributeView view =
                Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        if (view != null) {
            view.setPermissions(PosixFilePermissions.fromString("rw-rw-rw-")); // whatever the umask is
        }
    }

    private static BasicFileAttributes attributes(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    private static void refuseTraps(Path path, BasicFileAttributes attributes) throws IOException {
        if (!attributes.isRegularFile()) {
            throw new IOException("Lock file " + path + " is not a regular file; find out who put it there, then delete it");
        }
        if (path.getFileSystem().supportedFileAttributeViews().contains("unix")
                && (Integer) Files.getAttribute(path, "unix:nlink", LinkOption.NOFOLLOW_LINKS) > 1) {
            throw new IOException("Lock file " + path + " is a hard link; find out who put it there, then delete it");
        }
    }

    /**
     * Locks the file until it is closed or this process dies.
     *
     * @return false if somebody else has it
     */
    boolean tryLock() throws IOException {
        return tryLock(false) && isStillThere();
    }

    /** Whether somebody else holds the lock, found out by sharing it for a moment. */
    boolean isLockedByOthers() throws IOException {
        return !tryLock(true);
    }

    private boolean tryLock(boolean shared) throws IOException {
        try {
            return channel.tryLock(LOCKED_BYTE, 1, shared) != null;
        } catch (OverlappingFileLockException e) {
            return false; // a second copy of this class in the same process
        }
    }

    /** A lock on a file that was deleted meanwhile would keep nobody out. */
    boolean isStillThere() throws IOException {
        try {
            return Objects.equals(fileKey, attributes(path).fileKey());
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Writes who holds the lock. Only for who does. */
    void write(@NonNull LockNote note) throws IOException {
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(note.text());
        channel.truncate(0);
        channel.write(bytes, 0);
    }

    /** Empties the file. Only for who holds the lock. */
    void clear() throws IOException {
        channel.truncate(0);
    }

    /** What the last holder wrote; null if nothing, or nothing that can be understood. */
    @CheckForNull
    LockNote read() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(LockNote.MAX_BYTES);
        channel.read(bytes, 0);
        return LockNote.parse(new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
