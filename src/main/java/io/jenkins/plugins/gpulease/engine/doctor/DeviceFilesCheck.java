package io.jenkins.plugins.gpulease.engine.doctor;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Whether the driver's device files are there, and open to the user. */
final class DeviceFilesCheck implements Check {

    private static final String CONTROL = "/dev/nvidiactl";
    private static final String MEMORY = "/dev/nvidia-uvm";
    private static final Pattern GPU_FILE = Pattern.compile("nvidia\\d{1,3}");

    @NonNull
    @Override
    public String topic() {
        return "Device files";
    }

    @NonNull
    @Override
    public List<Finding> examine(@NonNull Machine machine) throws IOException {
        List<Finding> findings = new ArrayList<>();
        if (machine.isModuleLoaded() && !machine.isWsl()) {
            missing(machine, findings);
        }
        for (DriverNote.Opened file : machine.driver().opened(DriverNote.Opened.Outcome.DENIED)) {
            findings.add(denied(machine, file.path()));
        }
        for (DriverNote.Opened file : machine.driver().opened(DriverNote.Opened.Outcome.FAILED)) {
            findings.add(problem(file.path() + " can't be opened: " + file.reason(),
                    "The driver has no working GPU behind it: 'sudo dmesg | grep NVRM' says why; reboot, and check power and"
                            + " seat of the GPU."));
        }
        List<DriverNote.Opened> open = machine.driver().opened(DriverNote.Opened.Outcome.OPEN);
        return findings.isEmpty() && !open.isEmpty()
                ? List.of(ok("Open to this user: " + Finding.names(open.stream().map(DriverNote.Opened::path).toList())))
                : findings;
    }

    private void missing(Machine machine, List<Finding> findings) throws IOException {
        boolean inContainer = machine.container() != null;
        List<String> gone = new ArrayList<>();
        if (!machine.files().exists(CONTROL)) {
            gone.add(CONTROL);
        }
        List<String> gpus = machine.files().names("/dev").stream().filter(name -> GPU_FILE.matcher(name).matches()).toList();
        List<Integer> minors = inContainer ? List.of() : machine.driver().minors();
        List<String> expected = minors.stream().map(minor -> "/dev/nvidia" + minor).toList();
        gone.addAll(expected.stream().filter(name -> !machine.files().exists(name)).toList());
        if (gpus.isEmpty() && gone.stream().noneMatch(expected::contains)) {
            gone.add("/dev/nvidia0 or another GPU's");
        }
        if (!gone.isEmpty()) {
            findings.add(problem("Device files are missing: " + Finding.names(gone), cure(inContainer)));
        } else if (!machine.files().exists(MEMORY)) {
            findings.add(warning("Without " + MEMORY + " NVML works, but CUDA doesn't", cure(inContainer)));
        }
    }

    private static String cure(boolean inContainer) {
        return inContainer
                ? "Start the container with GPUs ('docker run --gpus all'); a list of --device needs all of them:"
                        + " /dev/nvidiactl, /dev/nvidia-uvm and one for each GPU."
                : "Run 'sudo nvidia-modprobe -c=0 -u' (or 'sudo nvidia-smi'), and let nvidia-persistenced or a udev rule make"
                        + " them at boot. A systemd service with PrivateDevices=yes doesn't see them.";
    }

    private Finding denied(Machine machine, String path) throws IOException {
        HostFiles.Access access = machine.files().access(path);
        User user = User.of(machine);
        String found = path + " (" + access + ") may not be opened by user " + user;
        return problem(found, access.isForGroup() && !user.isIn(access.gid()) && !access.group().equals("root")
                ? "Run 'sudo usermod -aG " + access.group() + " " + user.name() + "' and start the agent anew, since membership"
                        + " counts from the next login; in a container: --group-add."
                : "Give it to a group: 'options nvidia NVreg_DeviceFileGID=… NVreg_DeviceFileMode=0660' in /etc/modprobe.d, or"
                        + " mode 0666 for everybody, which is the driver's default; then reload the module.");
    }

    /** Who wants to open them. */
    private record User(@NonNull String name, @NonNull List<Integer> groups) {

        private static final Pattern GROUPS = Pattern.compile("(?m)^(?:Gid|Groups):(.*)$");

        static User of(Machine machine) {
            List<Integer> groups = GROUPS.matcher(machine.files().textOrEmpty("/proc/self/status"))
                    .results()
                    .flatMap(line -> Pattern.compile("\\d+").matcher(line.group(1)).results())
                    .map(number -> Integer.valueOf(number.group()))
                    .distinct()
                    .collect(Collectors.toList());
            return new User(machine.property("user.name"), groups);
        }

        boolean isIn(int group) {
            return groups.contains(group);
        }

        @Override
        public String toString() {
            return name + ", of the groups " + groups;
        }
    }
}
