package io.jenkins.plugins.gpulease.engine.doctor;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether the binding to NVML can be unpacked and run, and jobs have shared memory. */
final class TemporaryFolderCheck implements Check {

    /** Docker's default; PyTorch's loaders and NCCL run out of it. */
    private static final long SMALL_SHARED_MEMORY = 64L << 20;

    @NonNull
    @Override
    public String topic() {
        return "Temporary folders";
    }

    @NonNull
    @Override
    public List<Finding> examine(@NonNull Machine machine) {
        List<Finding> findings = new ArrayList<>();
        String folder = unpackedIn(machine);
        Optional<Mount> mount = Mount.of(machine.files(), folder);
        if (mount.filter(Mount::isNoexec).isPresent()) {
            findings.add(noexec(machine, folder, mount.get()));
        }
        Optional<Mount> shared = Mount.of(machine.files(), "/dev/shm").filter(found -> found.folder().equals("/dev/shm"));
        shared.flatMap(found -> found.option("size")).filter(size -> bytes(size) <= SMALL_SHARED_MEMORY).ifPresent(size ->
                findings.add(warning("Shared memory (/dev/shm) is small: " + size + ". PyTorch's data loaders and NCCL fail"
                        + " without more",
                        "Start the container with '--shm-size=8g' or '--ipc=host'; in Kubernetes mount an emptyDir with medium"
                                + " Memory there.")));
        return findings.isEmpty() ? List.of(ok("Programs can run from " + folder)) : findings;
    }

    private Finding noexec(Machine machine, String folder, Mount mount) {
        String found = "JNA unpacks its library in " + folder + ", and " + mount.folder() + " is mounted noexec";
        String cure = "Start the agent (or gpu-lease) with '-Djna.tmpdir=FOLDER', a folder of its user's on a file system"
                + " without noexec.";
        return machine.driver().answer() != null ? warning(found + "; it works all the same now", cure) : problem(found, cure);
    }

    /** As {@code com.sun.jna.Native} chooses it. */
    private static String unpackedIn(Machine machine) {
        String told = machine.property("jna.tmpdir");
        if (!told.isEmpty()) {
            return told;
        }
        String cache = machine.environment().getOrDefault("XDG_CACHE_HOME", "");
        String folder = (cache.isBlank() ? machine.property("user.home") + "/.cache" : cache) + "/JNA/temp";
        return canBeMade(machine.files(), folder) ? folder : machine.property("java.io.tmpdir");
    }

    private static boolean canBeMade(HostFiles files, String folder) {
        String nearest = folder;
        while (!files.exists(nearest) && nearest.lastIndexOf('/') > 0) {
            nearest = nearest.substring(0, nearest.lastIndexOf('/'));
        }
        return Files.isDirectory(files.at(nearest)) && Files.isWritable(files.at(nearest));
    }

    /** Without a unit it is bytes, as tmpfs has it; what can't be read counts as much. */
    private static long bytes(String size) {
        String digits = size.replaceAll("[kmg]$", "");
        int shift = size.endsWith("k") ? 10 : size.endsWith("m") ? 20 : size.endsWith("g") ? 30 : 0;
        return digits.matches("\\d{1,9}") ? Long.parseLong(digits) << shift : Long.MAX_VALUE;
    }
}
