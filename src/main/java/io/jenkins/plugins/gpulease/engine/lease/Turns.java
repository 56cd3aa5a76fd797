package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Whose turn it is: a function of the order and of what is idle, without side effects.
 *
 * <p>Everybody gets what they want in their order, as far as it is idle. Who doesn't may be overtaken by those behind, but
 * only a bounded number of times by somebody who takes devices that it could use itself. After that, such devices are kept
 * for it as they become idle, until it is served. Who can't be served even when all leases have ended (a device that it
 * needs is occupied or sick) neither counts nor blocks: the others would wait in vain. To join a device that is shared is to
 * take it from who wants all of it: so shared devices are kept, too, for nobody else to join until they are idle, but no more of
 * them than it takes.
 */
final class Turns<C extends Contender> {

    private final Supply supply;
    private final int maxOvertakes;
    private final List<Passed<C>> passed = new ArrayList<>();

    private Turns(Supply supply, int maxOvertakes) {
        this.supply = supply;
        this.maxOvertakes = maxOvertakes;
    }

    /**
     * A contender's turn.
     *
     * @param overtaken those before it that could have used some of its devices
     */
    record Turn<C extends Contender>(@NonNull C contender, @NonNull List<Device> devices, @NonNull List<C> overtaken) {}

    /**
     * Who is served now, with which devices.
     *
     * @param order who waits, first come first
     * @param supply what may be handed out; it is used up
     * @param maxOvertakes 0 or more
     */
    @NonNull
    static <C extends Contender> List<Turn<C>> of(
            @NonNull Iterable<C> order, @NonNull Supply supply, int maxOvertakes) {
        return new Turns<C>(supply, maxOvertakes).serve(order);
    }

    private List<Turn<C>> serve(Iterable<C> order) {
        List<Turn<C>> turns = new ArrayList<>();
        for (C contender : order) {
            if (supply.isEmpty()) {
                break;
            }
            contender
                    .choose(supply)
                    .ifPresentOrElse(
                            devices -> turns.add(new Turn<>(contender, devices, take(contender, devices))),
                            () -> pass(contender));
        }
        return turns;
    }

    private List<C> take(C contender, List<Device> devices) {
        List<String> uuids = devices.stream().map(Device::uuid).toList();
        supply.take(uuids, contender.budget());
        List<C> overtaken = new ArrayList<>();
        for (Passed<C> earlier : passed) {
            if (!earlier.kept && !Collections.disjoint(earlier.contender.suitable(), uuids)) {
                overtaken.add(earlier.contender);
                earlier.overtaken++;
                keepFor(earlier);
            }
        }
        return overtaken;
    }

    private void pass(C contender) {
        if (contender.isServedInTime()) {
            Passed<C> earlier = new Passed<>(contender);
            passed.add(earlier);
            keepFor(earlier);
        }
    }

    private void keepFor(Passed<C> earlier) {
        if (earlier.overtaken >= maxOvertakes) {
            supply.keep(earlier.contender.suitable(), earlier.contender.count());
            earlier.kept = true;
        }
    }

    private static final class Passed<C extends Contender> {
        private final C contender;
        private int overtaken;

        /** Devices are kept for it, so whoever takes others doesn't overtake it. */
        private boolean kept;

        Passed(C contender) {
            this.contender = contender;
            this.overtaken = contender.overtaken();
        }
    }
}
