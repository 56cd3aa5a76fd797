package io.jenkins.plugins.gpulease.engine.nvml;

import static io.jenkins.plugins.gpulease.engine.nvml.ReturnCode.GPU_IS_LOST;
import static io.jenkins.plugins.gpulease.engine.nvml.ReturnCode.RESET_REQUIRED;
import static io.jenkins.plugins.gpulease.engine.nvml.ReturnCode.SUCCESS;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import com.sun.jna.ptr.PointerByReference;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.regex.Pattern;

/**
 * A handle of NVML, with questions to it; remembers when an answer was that the GPU is gone. Lives for one scan or one
 * reading and is never kept: a handle from before a GPU was lost, or before its MIG instances changed, can crash the process.
 * For one thread.
 */
final class NvmlDevice {

    /** UUIDs get into environment variables and log lines, so nothing else passes. */
    private static final Pattern UUID = Pattern.compile("[A-Za-z0-9/-]{1,120}");

    private static final int TEXT_BUFFER = 128;

    private final Nvml nvml;
    private final Pointer handle;
    private int fatal = SUCCESS;

    /** A function of NVML that fills in one answer. */
    interface Question<T> {
        int ask(Pointer handle, T answer);
    }

    NvmlDevice(@NonNull Nvml nvml, @NonNull Pointer handle) {
        this.nvml = nvml;
        this.handle = handle;
    }

    @NonNull
    Nvml nvml() {
        return nvml;
    }

    @NonNull
    Pointer handle() {
        return handle;
    }

    /** The answer that says that the GPU is gone, {@link ReturnCode#SUCCESS} if there was none. */
    int fatal() {
        return fatal;
    }

    /** Asks, remembers whether the GPU is gone, and gives the return code. */
    <T> int ask(@NonNull Question<T> question, T answer) {
        int code = question.ask(handle, answer);
        if (code == GPU_IS_LOST || code == RESET_REQUIRED) {
            fatal = code;
        }
        return code;
    }

    /** The same for what every healthy GPU answers: there, the driver's "unknown error" means that the GPU is gone, too. */
    <T> int askVital(@NonNull Question<T> question, T answer) {
        int code = ask(question, answer);
        if (code == ReturnCode.UNKNOWN) {
            fatal = code;
        }
        return code;
    }

    /** A number of 32 bits, null if the driver can't tell; all ones stands for that, too. */
    @CheckForNull
    Integer number(@NonNull Question<IntByReference> question) {
        IntByReference answer = new IntByReference();
        return ask(question, answer) == SUCCESS && answer.getValue() != -1 ? answer.getValue() : null;
    }

    /** A number of 64 bits, null if the driver can't tell; all ones stands for that, too. */
    @CheckForNull
    Long wideNumber(@NonNull Question<LongByReference> question) {
        LongByReference answer = new LongByReference();
        return ask(question, answer) == SUCCESS && answer.getValue() != -1 ? answer.getValue() : null;
    }

    /** Another device, null if the driver can't tell. */
    @CheckForNull
    NvmlDevice device(@NonNull Question<PointerByReference> question) {
        PointerByReference answer = new PointerByReference();
        return ask(question, answer) == SUCCESS && answer.getValue() != null ? new NvmlDevice(nvml, answer.getValue()) : null;
    }

    /** Null if the driver can't tell, or tells something that is no UUID. */
    @CheckForNull
    String uuid() {
        String uuid = text((device, buffer) -> nvml.nvmlDeviceGetUUID(device, buffer, buffer.length));
        return uuid != null && isUuid(uuid) ? uuid : null;
    }

    static boolean isUuid(@NonNull String text) {
        return UUID.matcher(text).matches();
    }

    @CheckForNull
    String name() {
        return text((device, buffer) -> nvml.nvmlDeviceGetName(device, buffer, buffer.length));
    }

    /** {@link PciBusId#UNKNOWN} if the driver can't tell. */
    @NonNull
    String pciBusId() {
        try (Memory pci = new Memory(PciBusId.SIZE)) {
            return ask(nvml::nvmlDeviceGetPciInfo_v3, pci) == SUCCESS ? PciBusId.of(pci) : PciBusId.UNKNOWN;
        }
    }

    boolean isMigInstance() {
        Integer is = number(nvml::nvmlDeviceIsMigDeviceHandle);
        return is != null && is == 1;
    }

    boolean isInMigMode() {
        Integer mode = number((device, current) -> nvml.nvmlDeviceGetMigMode(device, current, new IntByReference()));
        return mode != null && mode == 1;
    }

    @CheckForNull
    private String text(Question<byte[]> question) {
        byte[] buffer = new byte[TEXT_BUFFER];
        String text = askVital(question, buffer) == SUCCESS ? NativeText.of(buffer) : "";
        return text.isEmpty() ? null : text;
    }
}
