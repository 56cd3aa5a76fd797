package io.jenkins.plugins.gpulease.engine.nvml;

/** Return codes of NVML (NVIDIA, "NVML API Reference Guide", {@code nvmlReturn_t}). */
final class ReturnCode {

    static final int SUCCESS = 0;
    static final int UNINITIALIZED = 1;
    static final int INVALID_ARGUMENT = 2;
    static final int NOT_SUPPORTED = 3;
    static final int NO_PERMISSION = 4;
    static final int NOT_FOUND = 6;
    static final int INSUFFICIENT_SIZE = 7;
    static final int INSUFFICIENT_POWER = 8;
    static final int DRIVER_NOT_LOADED = 9;
    static final int TIMEOUT = 10;
    static final int FUNCTION_NOT_FOUND = 13;
    static final int GPU_IS_LOST = 15;
    static final int RESET_REQUIRED = 16;
    static final int OPERATING_SYSTEM = 17;
    static final int VERSION_MISMATCH = 18;
    static final int UNKNOWN = 999;

    private ReturnCode() {}

    /** For people, with the number, which is what they will search for. */
    static String describe(int code) {
        return meaning(code) + " (NVML code " + code + ")";
    }

    private static String meaning(int code) {
        return switch (code) {
            case UNINITIALIZED -> "NVML is not initialised";
            case INVALID_ARGUMENT -> "invalid argument";
            case NOT_SUPPORTED -> "not supported";
            case NO_PERMISSION -> "no permission";
            case NOT_FOUND -> "not found";
            case INSUFFICIENT_POWER -> "its power cables are not plugged in";
            case DRIVER_NOT_LOADED -> "the driver is not loaded";
            case FUNCTION_NOT_FOUND -> "the driver lacks the function";
            case GPU_IS_LOST -> "the GPU is lost";
            case RESET_REQUIRED -> "the GPU needs a reset";
            case OPERATING_SYSTEM -> "the operating system refused the request";
            case VERSION_MISMATCH -> "driver and library have different versions";
            default -> "error of the driver";
        };
    }
}
