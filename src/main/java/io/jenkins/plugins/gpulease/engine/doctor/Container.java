package io.jenkins.plugins.gpulease.engine.doctor;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Whether a process lives in a container. */
final class Container {

    private static final Pattern CGROUP = Pattern.compile("docker|kubepods|containerd|libpod|lxc|crio");

    private Container() {}

    /** What tells so, for people; null if nothing does. */
    @CheckForNull
    static String evidence(@NonNull Machine machine) {
        return Stream.of("/.dockerenv", "/run/.containerenv")
                .filter(machine.files()::exists)
                .findFirst()
                .orElseGet(() -> machine.environment().containsKey("KUBERNETES_SERVICE_HOST")
                        ? "KUBERNETES_SERVICE_HOST in the environment"
                        : isInCgroup(machine) ? "/proc/1/cgroup" : null);
    }

    private static boolean isInCgroup(Machine machine) {
        return CGROUP.matcher(machine.files().textOrEmpty("/proc/1/cgroup").toLowerCase(Locale.ROOT)).find();
    }
}
