package io.jenkins.plugins.gpulease.engine.nvml;

import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import com.sun.jna.ptr.PointerByReference;

/**
 * The functions of NVML that are used, as NVIDIA's "NVML API Reference Guide" declares them. Each returns one of
 * {@link ReturnCode}; one that the driver doesn't have returns {@link ReturnCode#FUNCTION_NOT_FOUND}. Structures are raw
 * memory, because their sizes and versions differ between drivers; who uses them knows the offsets.
 */
interface Nvml extends Library {

    int nvmlInit_v2();

    int nvmlShutdown();

    int nvmlSystemGetDriverVersion(byte[] version, int length);

    /** Loads the CUDA driver, so it is slow: once per session. */
    int nvmlSystemGetCudaDriverVersion_v2(IntByReference version);

    int nvmlSystemGetCudaDriverVersion(IntByReference version);

    int nvmlDeviceGetCount_v2(IntByReference count);

    int nvmlDeviceGetHandleByIndex_v2(int index, PointerByReference device);

    int nvmlDeviceGetHandleByUUID(String uuid, PointerByReference device);

    int nvmlDeviceGetHandleByPciBusId_v2(String pciBusId, PointerByReference device);

    int nvmlDeviceGetName(Pointer device, byte[] name, int length);

    int nvmlDeviceGetUUID(Pointer device, byte[] uuid, int length);

    int nvmlDeviceGetPciInfo_v3(Pointer device, Memory pci);

    int nvmlDeviceGetCudaComputeCapability(Pointer device, IntByReference major, IntByReference minor);

    /** {@code nodes} are native longs, one bit for each NUMA node. */
    int nvmlDeviceGetMemoryAffinity(Pointer device, int size, Memory nodes, int scope);

    int nvmlDeviceGetMinorNumber(Pointer device, IntByReference minor);

    int nvmlDeviceGetPersistenceMode(Pointer device, IntByReference mode);

    int nvmlDeviceGetComputeMode(Pointer device, IntByReference mode);

    int nvmlDeviceGetMemoryInfo(Pointer device, Memory memory);

    int nvmlDeviceGetMemoryInfo_v2(Pointer device, Memory memory);

    int nvmlDeviceGetUtilizationRates(Pointer device, int[] rates);

    int nvmlDeviceGetTemperature(Pointer device, int sensor, IntByReference celsius);

    int nvmlDeviceGetPowerUsage(Pointer device, IntByReference milliwatts);

    int nvmlDeviceGetCurrentClocksThrottleReasons(Pointer device, LongByReference reasons);

    int nvmlDeviceGetCurrentClocksEventReasons(Pointer device, LongByReference reasons);

    int nvmlDeviceGetTotalEccErrors(Pointer device, int type, int counter, LongByReference errors);

    int nvmlDeviceGetRetiredPagesPendingStatus(Pointer device, IntByReference pending);

    int nvmlDeviceGetRemappedRows(
            Pointer device, IntByReference corrected, IntByReference uncorrected, IntByReference pending, IntByReference failed);

    int nvmlDeviceGetMigMode(Pointer device, IntByReference current, IntByReference pending);

    int nvmlDeviceGetMaxMigDeviceCount(Pointer device, IntByReference count);

    int nvmlDeviceGetMigDeviceHandleByIndex(Pointer device, int index, PointerByReference instance);

    int nvmlDeviceIsMigDeviceHandle(Pointer device, IntByReference is);

    int nvmlDeviceGetDeviceHandleFromMigDeviceHandle(Pointer instance, PointerByReference device);

    int nvmlDeviceGetAttributes_v2(Pointer instance, Memory attributes);

    int nvmlDeviceGetComputeRunningProcesses(Pointer device, IntByReference count, Memory processes);

    int nvmlDeviceGetComputeRunningProcesses_v2(Pointer device, IntByReference count, Memory processes);

    int nvmlDeviceGetComputeRunningProcesses_v3(Pointer device, IntByReference count, Memory processes);

    int nvmlDeviceGetGraphicsRunningProcesses(Pointer device, IntByReference count, Memory processes);

    int nvmlDeviceGetGraphicsRunningProcesses_v2(Pointer device, IntByReference count, Memory processes);

    int nvmlDeviceGetGraphicsRunningProcesses_v3(Pointer device, IntByReference count, Memory processes);

    int nvmlDeviceGetMPSComputeRunningProcesses(Pointer device, IntByReference count, Memory processes);

    int nvmlDeviceGetMPSComputeRunningProcesses_v3(Pointer device, IntByReference count, Memory processes);

    int nvmlDeviceGetTopologyCommonAncestor(Pointer device, Pointer other, IntByReference level);

    int nvmlDeviceGetNvLinkState(Pointer device, int link, IntByReference active);

    int nvmlDeviceGetNvLinkRemotePciInfo_v2(Pointer device, int link, Memory pci);

    int nvmlDeviceGetNvLinkRemoteDeviceType(Pointer device, int link, IntByReference type);

    int nvmlEventSetCreate(PointerByReference set);

    int nvmlDeviceRegisterEvents(Pointer device, long types, Pointer set);

    int nvmlEventSetWait_v2(Pointer set, Memory event, int timeoutMillis);

    int nvmlEventSetFree(Pointer set);
}
