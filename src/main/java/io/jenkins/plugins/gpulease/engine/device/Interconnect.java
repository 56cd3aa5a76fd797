package io.jenkins.plugins.gpulease.engine.device;

/**
 * How two devices are connected, best first; the names in brackets are {@code nvidia-smi topo -m}'s.
 */
public enum Interconnect {
    /** Two instances of one GPU, or two GPUs on one board. */
    SAME_BOARD("PSB"),
    /** NVLink through NVSwitch: every pair at full speed. */
    NVSWITCH("NVS"),
    /** Direct NVLinks. */
    NVLINK("NV"),
    /** A single PCIe switch. */
    PCIE_SWITCH("PIX"),
    /** Several PCIe switches, without the host bridge. */
    PCIE_SWITCHES("PXB"),
    /** The PCIe host bridge. */
    HOST_BRIDGE("PHB"),
    /** Between host bridges within a NUMA node. */
    NUMA_NODE("NODE"),
    /** Across NUMA nodes. */
    SYSTEM("SYS"),
    /** The driver could not tell. */
    UNKNOWN("?");

    private final String symbol;

    Interconnect(String symbol) {
        this.symbol = symbol;
    }

    public String symbol() {
        return symbol;
    }
}
