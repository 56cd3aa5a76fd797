package io.jenkins.plugins.gpulease.engine.nvml;

import static io.jenkins.plugins.gpulease.engine.nvml.ReturnCode.INVALID_ARGUMENT;
import static io.jenkins.plugins.gpulease.engine.nvml.ReturnCode.NOT_FOUND;
import static io.jenkins.plugins.gpulease.engine.nvml.ReturnCode.SUCCESS;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.GpuProcess;
import io.jenkins.plugins.gpulease.engine.device.Health;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import java.time.Instant;
import java.util.List;

/** Looks at what one device does now. */
final class DeviceReader {

    private static final int GPU_CORE = 0;

    private final HandleLookup lookup;
    private final HealthCheck healthCheck;

    DeviceReader(@NonNull HandleLookup lookup, @NonNull HealthCheck healthCheck) {
        this.lookup = lookup;
        this.healthCheck = healthCheck;
    }

    @NonNull
    Reading read(@NonNull String uuid) {
        Instant now = Instant.now();
        HandleLookup.Found found = lookup.byUuid(uuid);
        return found.device() == null ? Reading.failed(uuid, now, problem(found.code())) : read(uuid, found.device(), now);
    }

    private static String problem(int code) {
        return code == NOT_FOUND || code == INVALID_ARGUMENT
                ? "The driver no longer knows a device with this UUID: it was removed, or its MIG instances were reconfigured"
                : HealthCheck.lossProblem(code);
    }

    private Reading read(String uuid, NvmlDevice device, Instant now) {
        NvmlDevice board = board(device);
        MemoryState memory = MemoryState.of(device);
        int[] rates = new int[2];
        boolean rated = device.ask(device.nvml()::nvmlDeviceGetUtilizationRates, rates) == SUCCESS;
        Integer temperature = board.number((gpu, celsius) -> board.nvml().nvmlDeviceGetTemperature(gpu, GPU_CORE, celsius));
        Integer power = board.number(board.nvml()::nvmlDeviceGetPowerUsage);
        List<String> throttling = ThrottleReasons.of(board);
        List<GpuProcess> processes = ProcessReader.of(device);
        return new Reading(uuid, now, memory.used(), memory.free(), memory.usedIncludesReserve(),
                rated ? percent(rates[0]) : null, rated ? percent(rates[1]) : null, temperature, power, throttling,
                processes, health(device, board));
    }

    /** Sensors belong to the board, so a MIG instance has those of its GPU. */
    private static NvmlDevice board(NvmlDevice device) {
        NvmlDevice board = device.isMigInstance()
                ? device.device(device.nvml()::nvmlDeviceGetDeviceHandleFromMigDeviceHandle)
                : device;
        return board == null ? device : board;
    }

    private Health health(NvmlDevice device, NvmlDevice board) {
        Health health = healthCheck.of(board);
        String loss = HealthCheck.lossProblem(device.fatal());
        return loss == null || !health.isOk() ? health : Health.sick(loss);
    }

    private static Integer percent(int rate) {
        return rate < 0 || rate > 100 ? null : rate;
    }
}
