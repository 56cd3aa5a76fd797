package io.jenkins.plugins.gpulease.engine.doctor;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.IOException;
import java.util.List;

/** Whether this Java can load NVIDIA's library. */
final class JavaCheck implements Check {

    private static final String BITS = "sun.arch.data.model";

    @NonNull
    @Override
    public String topic() {
        return "Java";
    }

    @Override
    public boolean isForLinux() {
        return false;
    }

    @NonNull
    @Override
    public List<Finding> examine(@NonNull Machine machine) throws IOException {
        String java = "Java " + machine.property("java.version") + " for " + machine.property("os.arch");
        if (machine.property(BITS).equals("32")) {
            return List.of(problem(java + " has 32 bits, and NVIDIA's library 64", "Run the agent with a Java of 64 bits."));
        }
        boolean musl = machine.files().names("/lib").stream().anyMatch(name -> name.startsWith("ld-musl-"));
        if (machine.isLinux() && musl && machine.driver().answer() == null) {
            return List.of(machine.hasHardware()
                    ? problem(java + ", with musl as its C library (Alpine Linux): NVIDIA's library needs glibc",
                            "Use an image with glibc (Debian, Ubuntu, UBI): 'jenkins/inbound-agent' without '-alpine'.")
                    : info(java + ", with musl as its C library (Alpine Linux): NVIDIA's library needs glibc", null));
        }
        return List.of(ok(java));
    }
}
