package io.jenkins.plugins.gpulease.engine.doctor;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Where NVML's library is on a machine, told from its files. */
final class NvmlFiles {

    static final String NAME = "libnvidia-ml.so.1";

    /** Where distributions, the Container Toolkit, WSL and NixOS put it. */
    private static final List<String> FOLDERS = List.of("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64",
            "/usr/lib",
            "/usr/local/nvidia/lib64", "/usr/lib/x86_64-linux-gnu/nvidia/current", "/usr/lib/wsl/lib", "/run/opengl-driver/lib");

    private static final Pattern VERSION = Pattern.compile("libnvidia-ml\\.so\\.(\\d{3,}(?:\\.\\d+){1,2})$");

    private NvmlFiles() {}

    /** All that there are, those of the environment's {@code LD_LIBRARY_PATH} first; stubs of the CUDA toolkit aren't any. */
    @NonNull
    static List<String> all(@NonNull Machine machine) {
        return Stream.concat(searchPath(machine).stream().filter(folder -> !isStub(folder)), FOLDERS.stream())
                .map(folder -> folder + "/" + NAME)
                .filter(machine.files()::exists)
                .distinct()
                .toList();
    }

    /** The folders of {@code LD_LIBRARY_PATH}. */
    @NonNull
    static List<String> searchPath(@NonNull Machine machine) {
        List<String> folders = new ArrayList<>();
        for (String folder : machine.environment().getOrDefault("LD_LIBRARY_PATH", "").split(":")) {
            if (folder.startsWith("/")) {
                folders.add(folder.replaceFirst("/+$", ""));
            }
        }
        return folders;
    }

    static boolean isStub(@NonNull String folder) {
        return List.of(folder.split("/")).contains("stubs");
    }

    /** The version of the library that was loaded, or else of the first that there is; null if its name doesn't tell. */
    @CheckForNull
    static String version(@NonNull Machine machine) {
        String loaded = machine.driver().library();
        if (loaded != null) {
            return versionIn(loaded);
        }
        List<String> files = all(machine);
        return files.isEmpty() ? null : versionOf(machine, files.get(0));
    }

    /** The version of a file, told from the name of what it links to; null if that doesn't tell. */
    @CheckForNull
    static String versionOf(@NonNull Machine machine, @NonNull String file) {
        String target = machine.files().targetName(file);
        return target == null ? null : versionIn(target);
    }

    @CheckForNull
    private static String versionIn(String name) {
        Matcher version = VERSION.matcher(name);
        return version.find() ? version.group(1) : null;
    }
}
