package io.jenkins.plugins.gpulease.engine.nvml;

import com.sun.jna.Memory;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.Locale;

/** Reads {@code nvmlPciInfo_t}: domain at 16, bus at 20, device at 24 (each 4 bytes, unsigned). */
final class PciBusId {

    static final int SIZE = 68;

    /** Stands for an address that the driver doesn't tell. */
    static final String UNKNOWN = "unknown";

    private PciBusId() {}

    /** {@code 00000000:1b:00.0}; a GPU is always function 0. */
    @NonNull
    static String of(@NonNull Memory pciInfo) {
        return String.format(Locale.ROOT, "%08x:%02x:%02x.0", pciInfo.getInt(16), pciInfo.getInt(20), pciInfo.getInt(24));
    }

    /** The name in {@code /sys/bus/pci/devices}, whose domains have four digits; null if there is no address. */
    @CheckForNull
    static String sysfsName(@NonNull String busId) {
        if (busId.equals(UNKNOWN)) {
            return null;
        }
        return busId.startsWith("0000") ? busId.substring(4) : busId;
    }
}
