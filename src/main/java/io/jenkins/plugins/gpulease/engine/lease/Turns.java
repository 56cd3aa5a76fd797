package io.jenkins.plugins.gpulease.engine.lease;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Device;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Whose turn it is: a function of the order and of what is idle, without side effects.
 *
 * <p>Everybody gets what they want in their order, as far as it is idle. Who doesn't may be overtaken by those behind, but
 * only a bounded number of times by somebody who takes devices that it could use itself. After that, such devices are kept
 * for it as they become idle, until it is served. Who can't be served even when all leases have ended (a device that it
 * needs is occupied or sick) neither counts nor blocks: the others would wait in vain.
 */
final class Turns<C extends Contender> {

    private final Set<String> idle;
    private final int maxOvertakes;
    private final List<Passed<C>> passed = new ArrayList<>();

    private Turns(Set<String> idle, int maxOvertakes) {
        this.idle = new HashSet<>(idle);
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
     * @param idle UUIDs of idle devices
     * @param maxOvertakes 0 or more
     */
    @NonNull
    static <C extends Contender> List<Turn<C>> of(
            @NonNull Iterable<C> order, @NonNull Set<String> idle, int maxOvertakes) {
        return new Turns<C>(idle, maxOvertakes).serve(order);
    }

    private List<Turn<C>> serve(Iterable<C> order) {
        List<Turn<C>> turns = new ArrayList<>();
        for (C contender : order) {
            if (idle.isEmpty()) {
                break;
            }
            contender
                    .choose(idle)
                    .ifPresentOrElse(
                            devices -> turns.add(new Turn<>(contender, devices, take(devices))), () -> pass(contender));
        }
        return turns;
    }

    private List<C> take(List<Device> devices) {
        List<String> uuids = devices.stream().map(Device::uuid).toList();
        uuids.forEach(idle::remove);
        List<C> overtaken = new ArrayList<>();
        for (Passed<C> earlier : passed) {
            if (!Collections.disjoint(earlier.contender.suitable(), uuids)) {
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
            idle.removeAll(earlier.contender.suitable());
        }
    }

    private static final class Passed<C extends Contender> {
        private final C contender;
        private int overtaken;

        Passed(C contender) {
            this.contender = contender;
            this.overtaken = contender.overtaken();
        }
    }
}
