package io.jenkins.plugins.gpulease.engine.doctor;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import io.jenkins.plugins.gpulease.engine.nvml.GpuSettings;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the driver said when it was asked in a process of its own.
 *
 * @param asked false if nothing points to NVIDIA on the machine, so that there was nobody to ask
 * @param problem why it said no more: it hung, crashed, or couldn't be asked at all; null if all is said
 */
record DriverLook(boolean asked, @CheckForNull String problem, @NonNull List<DriverNote> notes) {

    static final DriverLook NOT_ASKED = new DriverLook(false, null, List.of());

    DriverLook {
        notes = List.copyOf(notes);
    }

    private <T extends DriverNote> Stream<T> all(Class<T> kind) {
        return notes.stream().filter(kind::isInstance).map(kind::cast);
    }

    @NonNull
    private Optional<DriverNote.Scanned> scanned() {
        return all(DriverNote.Scanned.class).findFirst();
    }

    /** Null if NVML wasn't asked, or didn't answer. */
    @CheckForNull
    Inventory inventory() {
        return scanned().map(DriverNote.Scanned::inventory).orElse(null);
    }

    /** Whether NVML found at least one GPU. */
    boolean hasDevices() {
        return scanned().filter(note -> note.inventory().status() == Inventory.Status.OK).isPresent();
    }

    /** What NVML said when it was initialised, 0 for success; null if it couldn't be loaded or said nothing. */
    @CheckForNull
    Integer answer() {
        return scanned().map(DriverNote.Scanned::answer).orElse(null);
    }

    @CheckForNull
    String library() {
        return scanned().map(DriverNote.Scanned::library).orElse(null);
    }

    @NonNull
    Optional<DriverNote.KernelLog> kernelLog() {
        return all(DriverNote.KernelLog.class).findFirst();
    }

    /** Of the device files that there ought to be. */
    @NonNull
    List<Integer> minors() {
        return all(DriverNote.Minors.class).flatMap(note -> note.numbers().stream()).toList();
    }

    @NonNull
    List<DriverNote.Opened> opened() {
        return all(DriverNote.Opened.class).toList();
    }

    @NonNull
    List<DriverNote.Opened> opened(@NonNull DriverNote.Opened.Outcome outcome) {
        return opened().stream().filter(file -> file.outcome() == outcome).toList();
    }

    @NonNull
    Optional<Reading> reading(@NonNull String uuid) {
        return all(DriverNote.Looked.class)
                .map(DriverNote.Looked::reading)
                .filter(reading -> reading.uuid().equals(uuid))
                .findFirst();
    }

    @NonNull
    Optional<GpuSettings> settings(@NonNull String uuid) {
        return all(DriverNote.Looked.class)
                .map(DriverNote.Looked::settings)
                .filter(settings -> settings.uuid().equals(uuid))
                .findFirst();
    }
}
