package io.jenkins.plugins.gpulease.engine.cli;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.ComputeCapability;
import io.jenkins.plugins.gpulease.engine.device.DottedVersion;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.host.HostLocks;
import io.jenkins.plugins.gpulease.engine.lease.WaitTimeout;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import io.jenkins.plugins.gpulease.engine.placement.TopologyPolicy;
import io.jenkins.plugins.gpulease.engine.probe.Probe;
import java.util.List;
import org.kohsuke.args4j.Option;

/** {@code gpu-lease run}: runs a command with GPUs of its own. */
final class RunCommand extends HostCommand {

    @Option(name = "--count", metaVar = "N", usage = "number of GPUs, or 'all' that match (default 1)")
    private String count = "1";

    @Option(name = "--min-memory", metaVar = "SIZE",
            usage = "least memory of each GPU, with a unit: 16GB, 40GiB (GB is a power of ten, GiB a power of two)")
    private String minMemory;

    @Option(name = "--model", metaVar = "REGEX", usage = "regular expression that the GPU's name must contain, ignoring case")
    private String model;

    @Option(name = "--min-compute-capability", metaVar = "X.Y", usage = "least CUDA compute capability, such as 8.0")
    private String minComputeCapability;

    @Option(name = "--min-driver", metaVar = "VERSION", usage = "least driver version, such as 535.104")
    private String minDriver;

    @Option(name = "--cuda", metaVar = "VERSION", usage = "CUDA version that the driver must support, such as 12.4")
    private String cuda;

    @Option(name = "--topology", metaVar = "POLICY",
            usage = "how the GPUs are connected: any, preferred (as well as possible; default), required (NVLink or one PCIe switch)")
    private String topology = TopologyPolicy.PREFERRED.toString();

    @Option(name = "--mig", metaVar = "PROFILE", usage = "MIG instances instead of whole GPUs: a profile such as 1g.10gb, or any")
    private String mig;

    @Option(name = "--wait", forbids = "--no-wait", usage = "wait until the GPUs are free (default)")
    private boolean wait;

    @Option(name = "--no-wait", forbids = "--wait", usage = "fail at once with exit code 75 if the GPUs aren't free")
    private boolean noWait;

    @Option(name = "--timeout", metaVar = "TIME", forbids = "--no-wait",
            usage = "fail with exit code 75 after waiting so long: 90s, 30m, 2h (default: no limit)")
    private String timeout;

    @Option(name = "--indices", usage = "put indices instead of UUIDs into CUDA_VISIBLE_DEVICES")
    private boolean indices;

    private DeviceRequest request;
    private Patience patience;

    @Override
    void checkOptions() throws UsageException {
        if (program() == null || program().isEmpty()) {
            throw new UsageException("COMMAND is missing; write it behind '--', such as: gpu-lease run -- python train.py");
        }
        DeviceRequest some = DeviceRequest.of(parse("--count", count, DeviceRequest::parseCount)).withTopology(parse("--topology", topology, TopologyPolicy::parse));
        DeviceRequest ofModel = model == null ? some : parse("--model", model, some::withModel);
        DeviceRequest ofKind = mig == null ? ofModel : parse("--mig", mig, ofModel::withMig);
        request = ofKind
                .withMinMemory(parse("--min-memory", minMemory, MemorySize::parse))
                .withMinComputeCapability(parse("--min-compute-capability", minComputeCapability, ComputeCapability::parse))
                .withMinDriver(parse("--min-driver", minDriver, DottedVersion::parse))
                .withCuda(parse("--cuda", cuda, DottedVersion::parse));
        patience = new Patience(!noWait, parse("--timeout", timeout, WaitTimeout::parse));
    }

    @Override
    int run(@NonNull Probe probe, @NonNull HostLocks locks) throws Exception {
        return new ProgramRun(probe, locks, request, patience, indices).run(program());
    }

    @Override
    int failureCode() {
        return ExitCode.NOT_RUN;
    }

    @NonNull
    @Override
    String description() {
        return """
                gpu-lease run [OPTION…] -- COMMAND…

                Waits until GPUs are free, locks and verifies them, runs COMMAND with CUDA_VISIBLE_DEVICES (and NVIDIA_VISIBLE_DEVICES,
                GPU_COUNT, GPU_UUIDS, GPU_DOCKER_ARGS, …) set to them, gives them back when it ends, and tells what it used.
                The locks are shared with Jenkins and with everybody on this host; the kernel drops them if gpu-lease is killed.
                Signals are passed on. Exit code: COMMAND's (128 + n if signal n ended it), 2 for a wrong call, 75 if the GPUs
                weren't free in time, 125 if they can't be had at all, 126 or 127 if COMMAND can't be started or found.""";
    }

    @NonNull
    @Override
    List<String> examples() {
        return List.of(
                "gpu-lease run -- python train.py",
                "gpu-lease run --count 2 --min-memory 40GB --timeout 30m -- torchrun --nproc-per-node 2 train.py",
                "gpu-lease run --model 'H100|A100' --no-wait -- ./benchmark || echo 'no GPU free'",
                "gpu-lease run --count all --topology required -- torchrun --nproc-per-node gpu train.py",
                "gpu-lease run --mig 1g.10gb -- pytest",
                "gpu-lease run -- sh -c 'docker run --rm --gpus device=$GPU_UUIDS my/image'",
                "gpu-lease run --simulate 4xH100:80GB -- env");
    }
}
