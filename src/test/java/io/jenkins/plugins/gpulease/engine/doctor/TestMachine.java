package io.jenkins.plugins.gpulease.engine.doctor;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.DottedVersion;
import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import io.jenkins.plugins.gpulease.engine.nvml.GpuSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.rules.TemporaryFolder;

/** A machine made up for a test: at first Linux without anything of NVIDIA's, on Java 17. */
final class TestMachine extends TemporaryFolder {

    static final String MODULE_VERSION = "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.15  Tue Mar  5 22:23:56 UTC"
            + " 2024\n";

    private final Map<String, String> environment = new LinkedHashMap<>();
    private final Properties properties = new Properties();
    private final List<DriverNote> notes = new ArrayList<>();
    private final Map<String, String> holders = new LinkedHashMap<>();
    private boolean asked;
    private String problem;
    private String locksProblem;
    private boolean mps;
    private String cuda;

    TestMachine() {
        property("os.name", "Linux").property("os.arch", "amd64").property("java.version", "17.0.15").property("user.name",
                "jenkins");
        property("java.io.tmpdir", "/tmp").property("user.home", "/home/jenkins");
    }

    @NonNull
    TestMachine file(@NonNull String path, @NonNull String text) {
        try {
            Path file = new HostFiles(getRoot().toPath()).at(path);
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @NonNull
    TestMachine file(@NonNull String path, @NonNull String text, @NonNull String mode) {
        file(path, text);
        try {
            Files.setPosixFilePermissions(new HostFiles(getRoot().toPath()).at(path), PosixFilePermissions.fromString(mode));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @NonNull
    TestMachine link(@NonNull String path, @NonNull String target) {
        try {
            Path link = new HostFiles(getRoot().toPath()).at(path);
            Files.createDirectories(link.getParent());
            Files.createSymbolicLink(link, Path.of(target));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A GPU on the PCI bus; the driver may be null. */
    @NonNull
    TestMachine pciGpu(@NonNull String address, String driver) {
        String folder = "/sys/bus/pci/devices/" + address;
        file(folder + "/vendor", "0x10de\n").file(folder + "/class", "0x030200\n");
        return driver == null ? this : link(folder + "/driver", "../../../bus/pci/drivers/" + driver);
    }

    /** NVIDIA's kernel module, version 550.54.15, with CUDA's. */
    @NonNull
    TestMachine module() {
        return file("/proc/driver/nvidia/version", MODULE_VERSION).file("/proc/modules", "nvidia_uvm 1 0 - Live 0x0\nnvidia 1 0"
                + " - Live 0x0\n");
    }

    @NonNull
    TestMachine env(@NonNull String name, @NonNull String value) {
        environment.put(name, value);
        return this;
    }

    @NonNull
    TestMachine property(@NonNull String name, @NonNull String value) {
        properties.setProperty(name, value);
        return this;
    }

    @NonNull
    TestMachine note(@NonNull DriverNote note) {
        asked = true;
        notes.add(note);
        return this;
    }

    @NonNull
    TestMachine opened(@NonNull String path, @NonNull DriverNote.Opened.Outcome outcome) {
        return note(new DriverNote.Opened(path, outcome, outcome == DriverNote.Opened.Outcome.FAILED ? "Input/output"
                + " error" : ""));
    }

    /** NVML answered with these. */
    @NonNull
    TestMachine devices(@NonNull Device... devices) {
        return scanned(Gpus.inventory(devices), 0);
    }

    @NonNull
    TestMachine scanned(@NonNull Inventory inventory, Integer answer) {
        return note(new DriverNote.Scanned(inventory, answer, answer == null ? null : "/usr/lib64/libnvidia-ml.so.550.54.15"));
    }

    @NonNull
    TestMachine looked(@NonNull Reading reading) {
        return looked(reading, new GpuSettings(reading.uuid(), null, null, null));
    }

    @NonNull
    TestMachine looked(@NonNull Reading reading, @NonNull GpuSettings settings) {
        return note(new DriverNote.Looked(reading, settings));
    }

    @NonNull
    TestMachine problem(@NonNull String text) {
        asked = true;
        problem = text;
        return this;
    }

    @NonNull
    TestMachine leased(@NonNull String uuid, @NonNull String holder) {
        holders.put(uuid, holder);
        return this;
    }

    @NonNull
    TestMachine locksProblem(@NonNull String text) {
        locksProblem = text;
        return this;
    }

    @NonNull
    TestMachine mpsDaemon() {
        mps = true;
        return this;
    }

    @NonNull
    TestMachine cuda(@NonNull String version) {
        cuda = version;
        return this;
    }

    @NonNull
    Machine machine() {
        return new Machine(new HostFiles(getRoot().toPath()), environment, properties, new DriverLook(asked, problem, notes),
                new HostUse(mps, holders, locksProblem), cuda == null ? null : DottedVersion.parse(cuda));
    }

    /** What a check finds here: each finding as {@code SEVERITY found (cure)}. */
    @NonNull
    List<String> findings(@NonNull Check check) throws IOException {
        return check.examine(machine()).stream().map(TestMachine::text).toList();
    }

    /** The same of a check that finds one thing. */
    @NonNull
    String finding(@NonNull Check check) throws IOException {
        List<String> findings = findings(check);
        if (findings.size() != 1) {
            throw new AssertionError("Not one finding: " + findings);
        }
        return findings.get(0);
    }

    private static String text(Finding finding) {
        return finding.severity() + " " + finding.found() + (finding.cure() == null ? "" : " (" + finding.cure() + ")");
    }
}
