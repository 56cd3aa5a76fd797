package io.jenkins.plugins.gpulease.engine.doctor;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.nvml.GpuSettings;
import io.jenkins.plugins.gpulease.engine.nvml.NvmlSource;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks the driver, in whatever process it is run. It may hang or crash at any step, so each one is announced. */
final class DriverExam {

    private static final Pattern DEVICE_FILE = Pattern.compile("nvidiactl|nvidia\\d{1,3}|nvidia-uvm");
    private static final String GPUS = "/proc/driver/nvidia/gpus";
    private static final Pattern MINOR = Pattern.compile("Device Minor:\\s*(\\d{1,3})");
    private static final String NOT_PERMITTED = "Operation not permitted"; // EPERM

    private final HostFiles files;
    private final String library;
    private final Notebook notebook;

    /** Takes the notes somewhere. */
    interface Notebook {
        void add(@NonNull DriverNote note) throws IOException;
    }

    /** @param library absolute path of NVML; null for the usual places */
    DriverExam(@NonNull HostFiles files, @CheckForNull String library, @NonNull Notebook notebook) {
        this.files = files;
        this.library = library;
        this.notebook = notebook;
    }

    void run() throws IOException, InterruptedException {
        step("reading the kernel's log");
        notebook.add(KernelRing.read(files.at("/dev/kmsg")));
        step("reading " + GPUS);
        notebook.add(new DriverNote.Minors(minors()));
        for (String name : files.names("/dev")) {
            if (DEVICE_FILE.matcher(name).matches()) {
                step("opening /dev/" + name);
                notebook.add(open("/dev/" + name));
            }
        }
        askNvml();
        notebook.add(new DriverNote.End());
    }

    private List<Integer> minors() throws IOException {
        List<Integer> minors = new ArrayList<>();
        for (String gpu : files.names(GPUS)) {
            Matcher minor = MINOR.matcher(files.textOrEmpty(GPUS + "/" + gpu + "/information"));
            if (minor.find()) {
                minors.add(Integer.valueOf(minor.group(1)));
            }
        }
        return minors;
    }

    private void step(String doing) throws IOException {
        notebook.add(new DriverNote.Step(doing));
    }

    private DriverNote.Opened open(String path) {
        try (FileChannel file = FileChannel.open(files.at(path), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return new DriverNote.Opened(path, DriverNote.Opened.Outcome.OPEN, file.isOpen() ? "" : "closed");
        } catch (IOException e) {
            return refused(path, e);
        }
    }

    @NonNull
    static DriverNote.Opened refused(@NonNull String path, @NonNull IOException failure) {
        if (failure instanceof AccessDeniedException) {
            return new DriverNote.Opened(path, DriverNote.Opened.Outcome.DENIED, "Permission denied");
        }
        String told = failure instanceof FileSystemException file ? file.getReason() : null;
        String reason = told == null ? failure.toString() : told;
        boolean forbidden = reason.equals(NOT_PERMITTED);
        return new DriverNote.Opened(
                path, forbidden ? DriverNote.Opened.Outcome.FORBIDDEN : DriverNote.Opened.Outcome.FAILED, reason);
    }

    private void askNvml() throws IOException {
        step("looking for GPUs with NVML");
        try (NvmlSource nvml = new NvmlSource(library)) {
            Inventory inventory = nvml.scan();
            notebook.add(new DriverNote.Scanned(inventory, nvml.initAnswer(), Objects.toString(NvmlSource.loadedFrom(), null)));
            for (Device device : inventory.devices()) {
                step("reading " + device.uuid());
                GpuSettings settings = nvml.settings(device.uuid());
                notebook.add(new DriverNote.Looked(nvml.read(device.uuid()), settings));
            }
        }
    }
}
