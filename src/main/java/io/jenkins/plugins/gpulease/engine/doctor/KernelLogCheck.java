package io.jenkins.plugins.gpulease.engine.doctor;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.XidEvent;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the driver has complained of in the kernel's log. */
final class KernelLogCheck implements Check {

    private static final List<String> LOG_FILES = List.of("/var/log/kern.log", "/var/log/messages", "/var/log/syslog");
    private static final Pattern XID = Pattern.compile("NVRM: Xid \\(PCI:([0-9a-fA-F:.]{4,16})\\): (\\d{1,5})\\b");
    private static final Pattern COMPLAINT = Pattern.compile(
            "NVRM: .*(RmInitAdapter failed|API mismatch|not supported by|requires use of the NVIDIA open kernel modules|Can't"
                    + " find an IRQ)",
            Pattern.CASE_INSENSITIVE);

    @NonNull
    @Override
    public String topic() {
        return "Kernel log";
    }

    /** What was found where. */
    private record Log(List<String> lines, String place) {}

    @NonNull
    @Override
    public List<Finding> examine(@NonNull Machine machine) throws IOException {
        if (!machine.hasHardware()) {
            return List.of();
        }
        DriverNote.KernelLog ring = machine.driver().kernelLog().orElse(null);
        Log log = ring != null && ring.problem() == null ? new Log(ring.lines(), "since the machine was"
                + " booted") : file(machine.files());
        if (log == null) {
            return List.of(info("It can't be told what the driver has complained of: the kernel's log can't be read"
                            + (ring == null ? "" : " (" + ring.problem() + ")"),
                    "Look yourself: 'sudo dmesg | grep -e NVRM -e Xid'."));
        }
        List<Finding> findings = new ArrayList<>();
        xids(log, findings);
        complaints(log, findings);
        return findings.isEmpty() ? List.of(ok("No complaint of the driver " + log.place())) : findings;
    }

    @CheckForNull
    private static Log file(HostFiles files) {
        for (String path : LOG_FILES) {
            try {
                return new Log(files.lastLines(path), "in " + path + ", perhaps from before the last boot");
            } catch (IOException e) {
                continue; // not there, or not for this user
            }
        }
        return null;
    }

    private void xids(Log log, List<Finding> findings) {
        Map<Boolean, Set<String>> found = new TreeMap<>();
        for (String line : log.lines()) {
            Matcher xid = XID.matcher(line);
            if (xid.find()) {
                boolean sick = new XidEvent("", Long.parseLong(xid.group(2)), Instant.EPOCH).makesDeviceSick();
                found.computeIfAbsent(sick, kind -> new TreeSet<>()).add("Xid " + xid.group(2) + " of " + xid.group(1));
            }
        }
        if (found.containsKey(true)) {
            findings.add(warning("Errors of the hardware or the driver " + log.place() + ": " + Finding.names(found.get(true)),
                    "Look them up in NVIDIA's catalogue of Xid errors; if the GPU wasn't reset since, reset it ('sudo nvidia-smi"
                            + " -r' while nothing uses it), or reboot."));
        }
        if (found.containsKey(false)) {
            findings.add(info("Errors of programs " + log.place() + ", not of the GPU:"
                    + " " + Finding.names(found.get(false)), null));
        }
    }

    private void complaints(Log log, List<Finding> findings) {
        Set<String> complaints = new TreeSet<>();
        for (String line : log.lines()) {
            Matcher complaint = COMPLAINT.matcher(line);
            if (complaint.find()) {
                complaints.add(line.substring(complaint.start()));
            }
        }
        if (!complaints.isEmpty()) {
            findings.add(warning("The driver has complained " + log.place() + ": " + Finding.names(complaints),
                    "'RmInitAdapter failed': the GPU didn't start, check power and seat. 'API mismatch': reboot after the"
                            + " upgrade. 'not supported' or 'open kernel modules': install the driver that fits the GPU."));
        }
    }
}
