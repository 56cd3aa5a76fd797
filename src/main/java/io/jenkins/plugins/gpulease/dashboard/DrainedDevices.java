package io.jenkins.plugins.gpulease.dashboard;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.XmlFile;
import hudson.init.InitMilestone;
import hudson.init.Initializer;
import hudson.model.Saveable;
import hudson.model.listeners.SaveableListener;
import io.jenkins.plugins.gpulease.GpuLeases;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The devices that are out of service, in a file of their own ({@value #FILE}), since that has to survive restarts. Thread-safe; the
 * file is written under this object's monitor, never under another lock.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class DrainedDevices implements Saveable {

    static final String FILE = "gpu-lease-drained.xml";

    private static final Logger LOGGER = Logger.getLogger(DrainedDevices.class.getName());

    /** What the file holds. */
    static final class Stored {
        private List<Drain> drains = new ArrayList<>();
    }

    private List<Drain> drains = List.of();

    @NonNull
    static DrainedDevices get() {
        return ExtensionList.lookupSingleton(DrainedDevices.class);
    }

    /** Before any device is handed out: the table is paused until jobs are loaded. */
    @Initializer(after = InitMilestone.EXTENSIONS_AUGMENTED)
    public static void start() {
        get().load();
    }

    private synchronized void load() {
        XmlFile file = file();
        if (!file.exists()) {
            return;
        }
        try {
            List<Drain> stored = file.read() instanceof Stored read && read.drains != null ? read.drains : List.of();
            drains = stored.stream().filter(drain -> drain != null && drain.isComplete()).toList();
            drains.forEach(drain -> GpuLeases.get().table().drain(drain.uuid(), drain.text()));
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, e, () -> "Could not read " + file.getFile() + ", so no GPU is drained; correct or delete it,"
                    + " and restart Jenkins");
        }
    }

    /** @throws IOException if it can't be stored; then nothing has changed */
    synchronized void add(@NonNull Drain drain) throws IOException {
        List<Drain> changed = without(drain.uuid());
        changed.add(drain);
        store(changed);
        GpuLeases.get().table().drain(drain.uuid(), drain.text());
    }

    /**
     * Puts a device back into service.
     *
     * @throws IOException if that can't be stored; then nothing has changed
     */
    synchronized void remove(@NonNull String uuid) throws IOException {
        store(without(uuid));
        GpuLeases.get().table().undrain(uuid);
    }

    /** Null if it isn't drained, or only with its GPU. */
    @CheckForNull
    synchronized Drain find(@NonNull String uuid) {
        return drains.stream().filter(drain -> drain.uuid().equals(uuid)).findFirst().orElse(null);
    }

    private List<Drain> without(String uuid) {
        List<Drain> rest = new ArrayList<>(drains);
        rest.removeIf(drain -> drain.uuid().equals(uuid));
        return rest;
    }

    private void store(List<Drain> changed) throws IOException {
        List<Drain> before = drains;
        drains = List.copyOf(changed);
        try {
            save();
        } catch (IOException e) {
            drains = before;
            throw e;
        }
    }

    @Override
    public synchronized void save() throws IOException {
        Stored stored = new Stored();
        stored.drains = new ArrayList<>(drains);
        XmlFile file = file();
        file.write(stored);
        SaveableListener.fireOnChange(this, file);
    }

    private static XmlFile file() {
        return new XmlFile(Jenkins.XSTREAM2, new File(Jenkins.get().getRootDir(), FILE));
    }
}
