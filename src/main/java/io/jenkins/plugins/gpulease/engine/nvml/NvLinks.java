package io.jenkins.plugins.gpulease.engine.nvml;

import static io.jenkins.plugins.gpulease.engine.nvml.ReturnCode.FUNCTION_NOT_FOUND;
import static io.jenkins.plugins.gpulease.engine.nvml.ReturnCode.INVALID_ARGUMENT;
import static io.jenkins.plugins.gpulease.engine.nvml.ReturnCode.SUCCESS;

import com.sun.jna.Memory;
import com.sun.jna.ptr.IntByReference;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.HashMap;
import java.util.Map;

/**
 * Where the active NVLinks of one GPU lead.
 *
 * @param toSwitches how many lead to an NVSwitch
 * @param byRemote how many lead to each other device, by PCI bus id: a GPU, or on drivers before R470 perhaps a switch
 */
record NvLinks(int toSwitches, @NonNull Map<String, Integer> byRemote) {

    static final NvLinks NONE = new NvLinks(0, Map.of());

    /** The maximum grew from 6 over 12 and 18 to 36, so ask until the driver says that there is no such link. */
    private static final int MOST_LINKS = 128;

    private static final int GPU = 0;
    private static final int SWITCH = 2;

    @NonNull
    static NvLinks of(@NonNull NvmlDevice gpu) {
        int toSwitches = 0;
        Map<String, Integer> byRemote = new HashMap<>();
        for (int i = 0; i < MOST_LINKS; i++) {
            int link = i;
            IntByReference active = new IntByReference();
            int code = gpu.ask((handle, state) -> gpu.nvml().nvmlDeviceGetNvLinkState(handle, link, state), active);
            if (code == INVALID_ARGUMENT || code != SUCCESS && i == 0) {
                break;
            }
            if (code != SUCCESS || active.getValue() != 1) {
                continue;
            }
            IntByReference type = new IntByReference();
            int typeCode = gpu.ask((handle, kind) -> gpu.nvml().nvmlDeviceGetNvLinkRemoteDeviceType(handle, link, kind), type);
            if (typeCode == SUCCESS && type.getValue() == SWITCH) {
                toSwitches++;
            } else if (typeCode == FUNCTION_NOT_FOUND || typeCode == SUCCESS && type.getValue() == GPU) {
                byRemote.merge(remote(gpu, link), 1, Integer::sum);
            }
        }
        return new NvLinks(toSwitches, byRemote);
    }

    private static String remote(NvmlDevice gpu, int link) {
        try (Memory pci = new Memory(PciBusId.SIZE)) {
            int code = gpu.ask((handle, info) -> gpu.nvml().nvmlDeviceGetNvLinkRemotePciInfo_v2(handle, link, info), pci);
            return code == SUCCESS ? PciBusId.of(pci) : PciBusId.UNKNOWN;
        }
    }
}
