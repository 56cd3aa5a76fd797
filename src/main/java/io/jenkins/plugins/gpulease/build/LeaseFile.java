package io.jenkins.plugins.gpulease.build;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.XmlFile;
import hudson.model.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The file of a build's leases, in the build's folder: Pipeline writes build.xml at each step, and so not this one. */
final class LeaseFile {

    static final String NAME = "gpu-leases.xml";

    /** What could not be read, once something else is written. */
    static final String UNREAD = NAME + ".bad";

    private static final Logger LOGGER = Logger.getLogger(LeaseFile.class.getName());

    private final Run<?, ?> run;

    /** What is there could not be read, maybe for a while only: too many open files, a file server that is away. */
    private volatile boolean unread;

    LeaseFile(@NonNull Run<?, ?> run) {
        this.run = run;
    }

    /** The content of the file. A plain class, as XStream wants it. */
    static final class Content {

        @CheckForNull
        private final List<LeaseRecord> leases;

        @CheckForNull
        private final Integer forgotten;

        Content(LeaseRecords records) {
            leases = new ArrayList<>(records.leases());
            forgotten = records.forgotten();
        }
    }

    /** Not if it is certain that there is none. */
    boolean mayExist() {
        return !Files.notExists(path());
    }

    /**
     * None if there is no file, as after a crash, or none that can be read: a history isn't worth a page that fails. The latter is
     * kept when another one is written.
     */
    @NonNull
    LeaseRecords read() {
        XmlFile file = xml();
        if (!mayExist()) {
            return LeaseRecords.NONE;
        }
        try {
            Content content = (Content) file.read();
            LeaseRecords records = LeaseRecords.of(content.leases, content.forgotten);
            records.leases().forEach(LeaseRecord::lease); // fails now if a part is missing, not on each page
            return records;
        } catch (IOException | RuntimeException e) {
            unread = true;
            LOGGER.log(Level.WARNING, e, () -> "Could not read " + file + "; " + run.getExternalizableId() + " goes on without its earlier GPU leases");
            return LeaseRecords.NONE;
        }
    }

    /** @return false if it is to be tried again; not if the build was deleted meanwhile, which is not written */
    boolean write(@NonNull LeaseRecords records) {
        BuildFolder folder = new BuildFolder(run);
        if (folder.isGone()) {
            return true;
        }
        try {
            keepUnread();
            xml().write(new Content(records));
            folder.deleteIfAlone(NAME);
            return true;
        } catch (IOException | RuntimeException e) {
            LOGGER.log(Level.WARNING, e, () -> "Could not save the GPU leases of " + run.getExternalizableId() + " in " + xml());
            return false;
        }
    }

    private void keepUnread() throws IOException {
        if (unread && mayExist()) {
            Path kept = path().resolveSibling(UNREAD);
            Files.move(path(), kept, StandardCopyOption.REPLACE_EXISTING);
            String id = run.getExternalizableId();
            LOGGER.log(Level.WARNING, () -> "The earlier GPU leases of " + id + ", which could not be read, are in " + kept);
        }
        unread = false;
    }

    private XmlFile xml() {
        return new XmlFile(Run.XSTREAM2, path().toFile());
    }

    /** Asked each time, as its job may be moved. */
    private Path path() {
        return run.getRootDir().toPath().resolve(NAME);
    }
}
