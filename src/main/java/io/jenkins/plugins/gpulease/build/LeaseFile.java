package io.jenkins.plugins.gpulease.build;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.XmlFile;
import hudson.model.Run;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The file of a build's leases, in the build's folder: Pipeline writes build.xml at each step, and so not this one. */
final class LeaseFile {

    static final String NAME = "gpu-leases.xml";

    private static final Logger LOGGER = Logger.getLogger(LeaseFile.class.getName());

    private final Run<?, ?> run;

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

    boolean exists() {
        return xml().exists();
    }

    /** None if there is no file, as after a crash, or none that can be read: a history isn't worth a page that fails. */
    @NonNull
    LeaseRecords read() {
        XmlFile file = xml();
        if (!file.exists()) {
            return LeaseRecords.NONE;
        }
        try {
            Content content = (Content) file.read();
            LeaseRecords records = LeaseRecords.of(content.leases, content.forgotten);
            records.leases().forEach(LeaseRecord::lease); // fails now if a part is missing, not on each page
            return records;
        } catch (IOException | RuntimeException e) {
            LOGGER.log(Level.WARNING, e, () -> "Could not read " + file + "; " + run.getExternalizableId() + " goes on without its earlier GPU leases");
            return LeaseRecords.NONE;
        }
    }

    /** @return whether it is on disk; not if the build was deleted meanwhile, since writing would bring its folder back */
    boolean write(@NonNull LeaseRecords records) {
        if (!run.getRootDir().isDirectory()) {
            return false;
        }
        try {
            xml().write(new Content(records));
            return true;
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, e, () -> "Could not save the GPU leases of " + run.getExternalizableId() + " in " + xml());
            return false;
        }
    }

    /** Asked each time, as its job may be moved. */
    private XmlFile xml() {
        return new XmlFile(Run.XSTREAM2, new File(run.getRootDir(), NAME));
    }
}
