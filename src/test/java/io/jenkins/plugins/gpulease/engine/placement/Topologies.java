package io.jenkins.plugins.gpulease.engine.placement;

import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.device.Health;
import io.jenkins.plugins.gpulease.engine.device.Interconnect;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.Link;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.Topology;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Machines for tests, their connections written as {@code nvidia-smi topo -m} does. */
final class Topologies {

    private Topologies() {}

    /** Four PCIe cards, two at each of two processors. */
    static Inventory pcieInTwoNumaNodes() {
        return machine(Gpus::t4, """
                X    NODE SYS  SYS
                NODE X    SYS  SYS
                SYS  SYS  X    NODE
                SYS  SYS  NODE X""");
    }

    /** A DGX-1: eight GPUs in a hybrid cube mesh, six NVLinks each. */
    static Inventory dgx1() {
        return machine(index -> Gpus.gpu(index, "Tesla V100-SXM2-32GB", MemorySize.ofMib(32_510), "7.0"), """
                X   NV1 NV1 NV2 NV2 SYS SYS SYS
                NV1 X   NV2 NV1 SYS NV2 SYS SYS
                NV1 NV2 X   NV2 SYS SYS NV1 SYS
                NV2 NV1 NV2 X   SYS SYS SYS NV1
                NV2 SYS SYS SYS X   NV1 NV1 NV2
                SYS NV2 SYS SYS NV1 X   NV2 NV1
                SYS SYS NV1 SYS NV1 NV2 X   NV2
                SYS SYS SYS NV1 NV2 NV1 NV2 X""");
    }

    /** Eight GPUs on NVSwitch, all pairs equal. */
    static Inventory nvSwitch() {
        return uniform(8, "NVS18");
    }

    /** Eight PCIe cards, four at each processor, each two of them with NVLink bridges. */
    static Inventory bridgedPairs() {
        return machine(Gpus::a100, """
                X    NV12 NODE NODE SYS  SYS  SYS  SYS
                NV12 X    NODE NODE SYS  SYS  SYS  SYS
                NODE NODE X    NV12 SYS  SYS  SYS  SYS
                NODE NODE NV12 X    SYS  SYS  SYS  SYS
                SYS  SYS  SYS  SYS  X    NV12 NODE NODE
                SYS  SYS  SYS  SYS  NV12 X    NODE NODE
                SYS  SYS  SYS  SYS  NODE NODE X    NV12
                SYS  SYS  SYS  SYS  NODE NODE NV12 X""");
    }

    /** Ten PCIe cards, five behind each of two switches. */
    static Inventory twoPcieSwitches() {
        return blocks(10, 5, "PIX", "NODE");
    }

    /** Sixteen cards in blocks of four: as many as are searched exactly. */
    static Inventory fourPcieSwitches() {
        return blocks(16, 4, "PIX", "SYS");
    }

    /** Two bridged A100, two H100 and two T4 behind one switch. */
    static Inventory mixed() {
        IntFunction<Device> gpus = index -> index < 2 ? Gpus.a100(index) : index < 4 ? Gpus.h100(index) : Gpus.t4(index);
        return machine(gpus, """
                X    NV12 NODE NODE SYS  SYS
                NV12 X    NODE NODE SYS  SYS
                NODE NODE X    PHB  SYS  SYS
                NODE NODE PHB  X    SYS  SYS
                SYS  SYS  SYS  SYS  X    PIX
                SYS  SYS  SYS  SYS  PIX  X""");
    }

    /** So many GPUs, all pairs connected in one way. */
    static Inventory uniform(int size, String link) {
        return blocks(size, size, link, link);
    }

    static Inventory blocks(int size, int block, String inside, String across) {
        return machine(Gpus::h100, size, (row, column) -> link(row / block == column / block ? inside : across));
    }

    /** Islands of different sizes, and so many GPUs; those beyond the islands are alone. */
    static Inventory islands(int size, String inside, String across, int... sizes) {
        int[] island = new int[size];
        int next = 0;
        for (int number = 0; number < sizes.length; number++) {
            Arrays.fill(island, next, next + sizes[number], number + 1);
            next += sizes[number];
        }
        return machine(Gpus::h100, size,
                (row, column) -> link(island[row] > 0 && island[row] == island[column] ? inside : across));
    }

    /**
     * The last GPUs have one NVLink with each other. All but these have more, so that sets had better begin there, but only to the
     * neighbours in a ring, and each of the last ones has as many to two of them.
     */
    static Inventory hiddenClique(int size, int clique) {
        int others = size - clique;
        return machine(Gpus::h100, size, (row, column) -> {
            int lesser = Math.min(row, column);
            int greater = Math.max(row, column);
            if (lesser >= others) {
                return link("NV1");
            }
            boolean ring = greater < others && (greater - lesser == 1 || greater - lesser == others - 1);
            boolean lure = greater >= others && (lesser - 2 * (greater - others)) >> 1 == 0 && lesser >= 2 * (greater - others);
            return link(ring || lure ? "NV18" : "SYS");
        });
    }

    /** Pairs with NVLinks at random, the others across processors. */
    static Inventory randomLinks(int size, double density, Random random) {
        boolean[][] linked = new boolean[size][size];
        for (int row = 0; row < size; row++) {
            for (int column = 0; column < row; column++) {
                linked[row][column] = random.nextDouble() < density;
                linked[column][row] = linked[row][column];
            }
        }
        return machine(Gpus::h100, size, (row, column) -> link(linked[row][column] ? "NV" + (1 + (row * column) % 4) : "SYS"));
    }

    static boolean isNvLinked(Inventory inventory, int one, int other) {
        List<Device> devices = inventory.devices();
        return inventory.topology().between(devices.get(one).uuid(), devices.get(other).uuid()).interconnect()
                == Interconnect.NVLINK;
    }

    /** Connections at random, and two kinds of GPUs. */
    static Inventory random(int size, Random random) {
        Link[][] links = new Link[size][size];
        List<String> symbols = List.of("NVS18", "NV1", "NV2", "NV4", "PIX", "PXB", "PHB", "NODE", "SYS");
        int variety = 1 + random.nextInt(symbols.size());
        int first = random.nextInt(symbols.size() - variety + 1);
        for (int row = 0; row < size; row++) {
            for (int column = 0; column < row; column++) {
                links[row][column] = link(symbols.get(first + random.nextInt(variety)));
            }
        }
        boolean equal = random.nextBoolean();
        boolean[] small = new boolean[size];
        IntStream.range(0, size).forEach(index -> small[index] = !equal && random.nextBoolean());
        return machine(index -> small[index] ? Gpus.t4(index) : Gpus.h100(index), size,
                (row, column) -> links[Math.max(row, column)][Math.min(row, column)]);
    }

    /** The same machine, told in another order. */
    static Inventory shuffled(Inventory inventory, Random random) {
        List<Device> devices = new ArrayList<>(inventory.devices());
        Collections.shuffle(devices, random);
        List<String> uuids = new ArrayList<>(inventory.topology().uuids());
        Collections.shuffle(uuids, random);
        List<List<Link>> links = uuids.stream()
                .map(row -> uuids.stream().map(column -> inventory.topology().between(row, column)).toList())
                .toList();
        return withTopology(devices, new Topology(uuids, links));
    }

    /** GPUs in MIG mode; a text for each, with the profiles of its instances. */
    static Inventory mig(String... profiles) {
        List<Device> devices = new ArrayList<>();
        for (int index = 0; index < profiles.length; index++) {
            Device frame = Gpus.inMigMode(Gpus.h100(index));
            devices.add(frame);
            int number = 0;
            for (String profile : profiles[index].split(" ")) {
                devices.add(instance(frame, profile, number++));
            }
        }
        return withTopology(devices, Topology.NONE);
    }

    private static Device instance(Device frame, String profile, int number) {
        int gigabytes = Integer.parseInt(profile.replaceAll(".*g\\.(\\d+)gb.*", "$1"));
        return new Device(
                "MIG-" + frame.index() + "-" + number, frame.index(), frame.model() + " MIG " + profile,
                MemorySize.ofMib(gigabytes * 1024L - 128), frame.computeCapability(), frame.pciBusId(), -1, false, frame.uuid(), profile,
                Health.OK);
    }

    private static Inventory machine(IntFunction<Device> gpus, String matrix) {
        List<List<Link>> rows = matrix.lines()
                .map(row -> Arrays.stream(row.trim().split(" +")).map(Topologies::link).toList())
                .toList();
        return machine(gpus, rows.size(), (row, column) -> rows.get(row).get(column));
    }

    private static Inventory machine(IntFunction<Device> gpus, int size, Matrix matrix) {
        List<Device> devices = IntStream.range(0, size).mapToObj(gpus).toList();
        List<List<Link>> links = new ArrayList<>();
        for (int row = 0; row < size; row++) {
            List<Link> line = new ArrayList<>();
            for (int column = 0; column < size; column++) {
                line.add(row == column ? link("X") : matrix.link(row, column));
            }
            links.add(line);
        }
        return withTopology(devices, new Topology(devices.stream().map(Device::uuid).toList(), links));
    }

    private static Inventory withTopology(List<Device> devices, Topology topology) {
        Inventory any = Gpus.inventory(devices);
        return new Inventory(any.status(), null, devices, topology, any.driverVersion(), any.cudaVersion(), any.takenAt());
    }

    private static Link link(String symbol) {
        if (symbol.equals("X")) {
            return new Link(Interconnect.SAME_BOARD, 0);
        }
        Interconnect interconnect = Arrays.stream(Interconnect.values())
                .filter(one -> symbol.startsWith(one.symbol()))
                .max(Comparator.comparingInt(one -> one.symbol().length()))
                .orElseThrow();
        String number = symbol.substring(interconnect.symbol().length());
        return new Link(interconnect, number.isEmpty() ? 0 : Integer.parseInt(number));
    }

    private interface Matrix {
        Link link(int row, int column);
    }
}
