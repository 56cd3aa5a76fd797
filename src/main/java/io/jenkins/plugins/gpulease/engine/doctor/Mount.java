package io.jenkins.plugins.gpulease.engine.doctor;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A mounted file system, as {@code /proc/mounts} tells it (proc(5), fstab(5)).
 *
 * @param folder where it is mounted
 * @param options such as {@code noexec} or {@code size=65536k}
 */
record Mount(@NonNull String folder, @NonNull List<String> options) {

    /** Whether code in it can't be executed, or mapped as such. */
    boolean isNoexec() {
        return options.contains("noexec");
    }

    /** The value of an option of the form {@code name=value}. */
    @NonNull
    Optional<String> option(@NonNull String name) {
        return options.stream().filter(option -> option.startsWith(name
                + "=")).map(option -> option.substring(name.length() + 1)).findFirst();
    }

    /** The file system that a file is in; the last one, if several are mounted in the same place. */
    @NonNull
    static Optional<Mount> of(@NonNull HostFiles files, @NonNull String path) {
        return files.textOrEmpty("/proc/mounts").lines().flatMap(Mount::parse).filter(mount -> mount.holds(path))
                .reduce((before, mount) -> mount.folder().length() >= before.folder().length() ? mount : before);
    }

    private static Stream<Mount> parse(String line) {
        String[] words = line.split(" ");
        return words.length < 4
                ? Stream.empty()
                : Stream.of(new Mount(words[1].replace("\\040", " "), List.of(words[3].split(","))));
    }

    private boolean holds(String path) {
        return folder.equals("/") || path.equals(folder) || path.startsWith(folder + "/");
    }
}
