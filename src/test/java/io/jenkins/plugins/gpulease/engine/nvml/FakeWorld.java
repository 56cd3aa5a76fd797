package io.jenkins.plugins.gpulease.engine.nvml;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** The host of a {@link FakeNvml}: what it says takes effect, in every process, with {@link #write()}. */
public final class FakeWorld {

    private final Path folder;
    private final FakeSection host = new FakeSection();
    private final Map<String, FakeGpu> gpus = new LinkedHashMap<>();

    FakeWorld(Path folder) {
        this.folder = folder;
    }

    @NonNull
    public FakeWorld driver(@NonNull String version) {
        host.set("driver", version);
        return this;
    }

    /** @param version 1000 × major + 10 × minor */
    @NonNull
    public FakeWorld cuda(int version) {
        host.set("cuda", version);
        return this;
    }

    /** What NVML answers when it is asked how many GPUs there are. */
    @NonNull
    public FakeWorld count(int count) {
        host.set("count", count);
        return this;
    }

    /** {@code nvmlInit_v2} answers this code, 0 to succeed. */
    @NonNull
    public FakeWorld initAnswers(int code) {
        return fail("init", code);
    }

    /** A function that concerns no device answers this code, 0 to succeed. */
    @NonNull
    public FakeWorld fail(@NonNull String function, int code) {
        host.set("fail", function, code);
        return this;
    }

    /** A function that concerns no device, or {@code init}, doesn't return until the world says otherwise. */
    @NonNull
    public FakeWorld hang(@NonNull String function) {
        host.set("hang", function, "");
        return this;
    }

    /** A function that concerns no device, or {@code init}, kills the process. */
    @NonNull
    public FakeWorld abort(@NonNull String function) {
        host.set("abort", function, "");
        return this;
    }

    /** A function that concerns no device, or {@code init}, takes its time. */
    @NonNull
    public FakeWorld slow(@NonNull String function, long millis) {
        host.set("slow", function, millis);
        return this;
    }

    /** Nothing of the host hangs, aborts, fails or is slow any more. */
    @NonNull
    public FakeWorld healHost() {
        host.removeFaults();
        return this;
    }

    /** A call with a handle from before a reconfiguration of MIG instances kills the process, as drivers do. */
    @NonNull
    public FakeWorld staleHandlesAbort() {
        host.set("stale-handles-abort", "");
        return this;
    }

    /** The GPU with a UUID; one that isn't there yet is added, behind the others, with plausible properties. */
    @NonNull
    public FakeGpu gpu(@NonNull String uuid) {
        return gpus.computeIfAbsent(uuid, added -> new FakeGpu(uuid, gpus.size()));
    }

    /** Takes a GPU out of the machine. */
    @NonNull
    public FakeWorld remove(@NonNull String uuid) {
        gpus.remove(uuid);
        return this;
    }

    /** Makes everything that was said so far true. */
    public void write() {
        FakeNvml.replace(
                folder.resolve("fake-nvml.conf"),
                host.text() + gpus.values().stream().map(FakeGpu::text).collect(Collectors.joining()));
    }
}
