package io.jenkins.plugins.gpulease.engine.nvml;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.GpuProcess;
import java.util.Locale;

/** A GPU of a {@link FakeWorld}: at first an idle, healthy H100. Nothing takes effect before the world is written. */
public final class FakeGpu {

    private final String uuid;
    private final FakeSection section = new FakeSection();
    private int xids;

    FakeGpu(String uuid, int index) {
        this.uuid = uuid;
        index(index).pci(String.format(Locale.ROOT, "00000000:%02x:00.0", 0x10 + index)).name("NVIDIA H100 80GB HBM3");
        memoryMib(81559).reservedMib(551).capability("9.0").utilization(0, 0).temperature(34).powerMilliwatts(70_000);
        throttle(0x1).eccErrors(0).remappedRows(false, false);
    }

    @NonNull
    public FakeGpu index(int index) {
        return set("index", index);
    }

    @NonNull
    public FakeGpu pci(@NonNull String busId) {
        return set("pci", busId);
    }

    @NonNull
    public FakeGpu name(@NonNull String name) {
        return set("name", name);
    }

    /** What it answers when it is asked for its UUID, if that isn't its UUID. */
    @NonNull
    public FakeGpu claimsUuid(@NonNull String text) {
        return set("uuid", text);
    }

    @NonNull
    public FakeGpu memoryMib(long mib) {
        return set("memory", mib);
    }

    /** As of an integrated GPU. */
    @NonNull
    public FakeGpu withoutMemory() {
        return without("memory");
    }

    @NonNull
    public FakeGpu reservedMib(long mib) {
        return set("reserved", mib);
    }

    /** Used by processes that can't be seen. */
    @NonNull
    public FakeGpu hiddenMib(long mib) {
        return set("hidden", mib);
    }

    @NonNull
    public FakeGpu capability(@NonNull String capability) {
        return set("capability", capability);
    }

    @NonNull
    public FakeGpu numaNode(int node) {
        return set("numa", node);
    }

    @NonNull
    public FakeGpu utilization(int gpuPercent, int memoryPercent) {
        return set("utilization", gpuPercent + " " + memoryPercent);
    }

    @NonNull
    public FakeGpu temperature(int celsius) {
        return set("temperature", celsius);
    }

    @NonNull
    public FakeGpu powerMilliwatts(long milliwatts) {
        return set("power", milliwatts);
    }

    /** @param bits as NVML defines them */
    @NonNull
    public FakeGpu throttle(long bits) {
        return set("throttle", bits);
    }

    /** Number of its device file. */
    @NonNull
    public FakeGpu minor(int minor) {
        return set("minor", minor);
    }

    @NonNull
    public FakeGpu persistence(boolean on) {
        return set("persistence", on ? 1 : 0);
    }

    /** @param mode as NVML defines it: 0 for everybody, 2 for nobody, 3 for one process */
    @NonNull
    public FakeGpu computeMode(int mode) {
        return set("compute-mode", mode);
    }

    /** Uncorrected, since the driver was loaded. */
    @NonNull
    public FakeGpu eccErrors(long errors) {
        return set("ecc", errors);
    }

    @NonNull
    public FakeGpu retiredPagesPending(boolean pending) {
        return set("retired-pending", pending ? 1 : 0);
    }

    @NonNull
    public FakeGpu remappedRows(boolean pending, boolean failed) {
        return set("remapped", "0 0 " + (pending ? 1 : 0) + " " + (failed ? 1 : 0));
    }

    /** Without a property, so that NVML answers that it isn't supported; the key is that of the file. */
    @NonNull
    public FakeGpu without(@NonNull String key) {
        section.remove(key);
        return this;
    }

    /** A process that is listed whether it lives or not. */
    @NonNull
    public FakeGpu process(long pid, long mib) {
        return process(pid, mib, GpuProcess.Kind.COMPUTE);
    }

    @NonNull
    public FakeGpu process(long pid, long mib, @NonNull GpuProcess.Kind kind) {
        section.set("process", Long.toString(pid), mib + " " + kind.name().toLowerCase(Locale.ROOT));
        return this;
    }

    /** A process that also draws. */
    @NonNull
    public FakeGpu alsoDraws(long pid, long mib) {
        section.set("process  " + pid, mib + " graphics"); // two blanks: a line of its own beside the one that computes
        return this;
    }

    /** A process whose memory the driver doesn't tell. */
    @NonNull
    public FakeGpu processOfUnknownMemory(long pid) {
        section.set("process", Long.toString(pid), "unknown compute");
        return this;
    }

    /** A process that is listed as long as it lives. */
    @NonNull
    public FakeGpu liveProcess(long pid, long mib) {
        section.set("live-process", Long.toString(pid), mib + " compute");
        return this;
    }

    /** A process in a MIG instance. */
    @NonNull
    public FakeGpu processInInstance(long pid, long mib, int gpuInstance, int computeInstance) {
        section.set("process", Long.toString(pid), mib + " compute " + gpuInstance + " " + computeInstance);
        return this;
    }

    @NonNull
    public FakeGpu noProcesses() {
        return without("process").without("live-process");
    }

    /** So many times, a list of processes turns out longer by some than the caller has room for. */
    @NonNull
    public FakeGpu processListGrows(int times, int by) {
        return set("process-growth", times + " " + by);
    }

    /** In MIG mode, without instances so far. */
    @NonNull
    public FakeGpu mig(int mostInstances) {
        return set("mig", mostInstances);
    }

    /** The caller is root, whom a GPU in MIG mode tells its processes. */
    @NonNull
    public FakeGpu migForRoot() {
        return set("mig-root", "");
    }

    /** The profile of an instance shows in its name only. */
    @NonNull
    public FakeGpu migWithoutAttributes() {
        return set("mig-without-attributes", "");
    }

    @NonNull
    public FakeGpu instance(
            int index, @NonNull String instanceUuid, int gpuInstance, int computeInstance, int slices, long mib) {
        section.set("instance", Integer.toString(index),
                instanceUuid + " " + gpuInstance + " " + computeInstance + " " + slices + " " + mib);
        return this;
    }

    @NonNull
    public FakeGpu noInstances() {
        return without("instance");
    }

    /** @param level as NVML defines it: 0, 10, 20, 30, 40 or 50 */
    @NonNull
    public FakeGpu ancestor(@NonNull String otherUuid, int level) {
        section.set("ancestor", otherUuid, level);
        return this;
    }

    /** How many ports for NVLinks it has. */
    @NonNull
    public FakeGpu nvLinkPorts(int ports) {
        return set("nvlinks", ports);
    }

    /** @param kind {@code gpu}, {@code switch}, {@code npu} or {@code down} */
    @NonNull
    public FakeGpu nvLink(int port, @NonNull String kind, @NonNull String remotePci) {
        section.set("nvlink", Integer.toString(port), kind + " " + remotePci);
        return this;
    }

    /** Its handle can't be had: NVML answers this code. Every other call answers that the GPU is lost. */
    @NonNull
    public FakeGpu lost(int code) {
        return set("lost", code);
    }

    /** It answers again. */
    @NonNull
    public FakeGpu back() {
        section.removeFaults();
        return without("lost").without("uuid");
    }

    /** A function, or {@code handle}, answers this code. */
    @NonNull
    public FakeGpu fail(@NonNull String function, int code) {
        section.set("fail", function, code);
        return this;
    }

    /** A function, or {@code handle}, doesn't return until the world says otherwise. */
    @NonNull
    public FakeGpu hang(@NonNull String function) {
        section.set("hang", function, "");
        return this;
    }

    /** A function, or {@code handle}, kills the process. */
    @NonNull
    public FakeGpu abort(@NonNull String function) {
        section.set("abort", function, "");
        return this;
    }

    /** A function, or {@code handle}, takes its time. */
    @NonNull
    public FakeGpu slow(@NonNull String function, long millis) {
        section.set("slow", function, millis);
        return this;
    }

    /** The first handle of each process takes its time, as without persistence mode. */
    @NonNull
    public FakeGpu attachDelay(long millis) {
        return set("attach-delay", millis);
    }

    /** The driver reports an error, once, to each process that has the library loaded already. */
    @NonNull
    public FakeGpu raiseXid(int xid) {
        section.set("xid", Integer.toString(++xids), xid);
        return this;
    }

    String text() {
        return "gpu " + uuid + "\n" + section.text();
    }

    private FakeGpu set(String key, Object value) {
        section.set(key, value);
        return this;
    }
}
