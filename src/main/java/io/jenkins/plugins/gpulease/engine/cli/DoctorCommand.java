package io.jenkins.plugins.gpulease.engine.cli;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.DottedVersion;
import io.jenkins.plugins.gpulease.engine.doctor.Doctor;
import io.jenkins.plugins.gpulease.engine.doctor.Finding;
import io.jenkins.plugins.gpulease.engine.doctor.Severity;
import io.jenkins.plugins.gpulease.engine.probe.ProbeClassPath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.kohsuke.args4j.Option;

/** {@code gpu-lease doctor}: why the GPUs of this host aren't seen, or will make trouble. */
final class DoctorCommand extends Command {

    @Option(name = "--library", metaVar = "PATH", usage = "NVIDIA's management library (NVML), if it isn't in its usual place")
    private String library;

    @Option(name = "--cuda", metaVar = "VERSION", usage = "CUDA version that the driver must support, such as 12.4")
    private String cuda;

    @Option(name = "--json", usage = "print JSON")
    private boolean json;

    @Override
    int run() throws Exception {
        refuseProgram();
        DottedVersion version = parse("--cuda", cuda, DottedVersion::parse);
        List<Finding> findings = Doctor.examineThisMachine(ProbeClassPath.ofThisEngine(), libraryPath(), version);
        if (json) {
            System.out.println(DoctorJson.text(findings));
        } else {
            DoctorText.lines(findings).forEach(System.out::println);
        }
        return findings.stream().anyMatch(finding -> finding.severity() == Severity.PROBLEM) ? ExitCode.FAILED : ExitCode.OK;
    }

    private Path libraryPath() throws UsageException {
        Path path = library == null ? null : Path.of(library).toAbsolutePath();
        if (path != null && !Files.isRegularFile(path)) {
            throw new UsageException("--library: '" + library + "' is not a file; name NVML, such as /usr/lib/libnvidia-ml.so.1");
        }
        return path;
    }

    @NonNull
    @Override
    String description() {
        return """
                gpu-lease doctor [OPTION…]

                Looks for what keeps the GPUs of this host from being seen or leased by this user, with a cure for each finding: hardware,
                kernel module, library, device files, containers, the driver itself. The driver is asked in a process of its own, for
                a minute at most. Run it as the user, and with the environment, that doesn't see its GPUs.
                Exit code 0 if there is no problem (warnings may be), 1 if there is one, 2 for a wrong call.""";
    }

    @NonNull
    @Override
    List<String> examples() {
        return List.of("gpu-lease doctor", "gpu-lease doctor --cuda 12.4", "sudo -u jenkins java -jar gpu-lease.jar doctor"
                + " --json");
    }
}
