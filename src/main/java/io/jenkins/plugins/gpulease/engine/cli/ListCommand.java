package io.jenkins.plugins.gpulease.engine.cli;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.host.HostLocks;
import io.jenkins.plugins.gpulease.engine.placement.VisibleDevices;
import io.jenkins.plugins.gpulease.engine.probe.Probe;
import io.jenkins.plugins.gpulease.engine.probe.ProbeException;
import java.util.List;
import org.kohsuke.args4j.Option;

/** {@code gpu-lease list}: what GPUs there are, what they do, and who has them. */
final class ListCommand extends HostCommand {

    @Option(name = "--json", usage = "print JSON; memory is in bytes, what isn't known is null")
    private boolean json;

    @Override
    void checkOptions() throws UsageException {
        refuseProgram();
    }

    @Override
    int run(@NonNull Probe probe, @NonNull HostLocks locks) throws ProbeException {
        Inventory inventory = VisibleDevices.of(System.getenv()).filter(probe.scan());
        HostView view = HostView.of(inventory, probe, locks);
        if (json) {
            System.out.println(HostJson.text(view));
        } else {
            HostTable.lines(view).forEach(System.out::println);
        }
        return exitCode(inventory);
    }

    /** Without GPUs all is well; GPUs that can't be read are a failure. */
    static int exitCode(@NonNull Inventory inventory) {
        return switch (inventory.status()) {
            case OK, EMPTY, NO_HARDWARE -> ExitCode.OK;
            case FAILED, UNKNOWN -> ExitCode.FAILED;
        };
    }

    @NonNull
    @Override
    String description() {
        return """
                gpu-lease list [OPTION…]

                Shows the GPUs of this host that the environment leaves visible (CUDA_VISIBLE_DEVICES), and for each:
                idle, leased by whom, in use by which process without a lease, or sick and why.
                Exit code 0 if the GPUs could be read (or there are none), 1 if they couldn't, 2 for a wrong call.""";
    }

    @NonNull
    @Override
    List<String> examples() {
        return List.of("gpu-lease list", "gpu-lease list --json", "gpu-lease list --simulate 2xA100:40GB,1xT4:16GB");
    }
}
