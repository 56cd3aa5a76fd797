package io.jenkins.plugins.gpulease.engine.probe;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.host.HostFacts;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * One of the calls of {@link Probe}, as it travels to the probe's process.
 *
 * @param <T> type of the answer, which is serializable
 */
sealed interface Call<T> extends Serializable {

    /** Does in the probe's process what is asked. */
    @NonNull
    T on(@NonNull Probe probe) throws ProbeException;

    /** How long the answer may take. */
    @NonNull
    default Duration deadline(@NonNull ProbeDeadlines deadlines) {
        return deadlines.other();
    }

    /** For people: {@code hand out [GPU-…]}. */
    @NonNull
    String what();

    /** {@link Probe#scan}. */
    record Scan() implements Call<Inventory> {
        @Override
        public Inventory on(Probe probe) throws ProbeException {
            return probe.scan();
        }

        @Override
        public Duration deadline(ProbeDeadlines deadlines) {
            return deadlines.scan();
        }

        @Override
        public String what() {
            return "scan the devices";
        }
    }

    /** {@link Probe#host}. */
    record Host() implements Call<HostFacts> {
        @Override
        public HostFacts on(Probe probe) throws ProbeException {
            return probe.host();
        }

        @Override
        public String what() {
            return "look at the host";
        }
    }

    /** {@link Probe#read}. */
    record Read(List<String> uuids) implements Call<List<Reading>> {
        @Override
        public List<Reading> on(Probe probe) throws ProbeException {
            return probe.read(uuids);
        }

        @Override
        public String what() {
            return "read " + uuids;
        }
    }

    /** {@link Probe#handOut}. */
    record HandOut(Claim claim) implements Call<Map<String, Verdict>> {
        @Override
        public Map<String, Verdict> on(Probe probe) throws ProbeException {
            return probe.handOut(claim);
        }

        @Override
        public String what() {
            return "hand out " + claim.uuids();
        }
    }

    /** {@link Probe#adopt}. */
    record Adopt(Claim claim) implements Call<Map<String, Verdict>> {
        @Override
        public Map<String, Verdict> on(Probe probe) throws ProbeException {
            return probe.adopt(claim);
        }

        @Override
        public String what() {
            return "take up " + claim.uuids();
        }
    }

    /** {@link Probe#takeBack}. */
    record TakeBack(Claim claim) implements Call<TakenBack> {
        @Override
        public TakenBack on(Probe probe) throws ProbeException {
            return probe.takeBack(claim);
        }

        @Override
        public String what() {
            return "take back " + claim.uuids();
        }
    }

    /** {@link Probe#poll}. */
    record Poll(long sinceEvent, List<String> recheck) implements Call<Status> {
        @Override
        public Status on(Probe probe) throws ProbeException {
            return probe.poll(sinceEvent, recheck);
        }

        @Override
        public String what() {
            return recheck.isEmpty() ? "tell what is new" : "look again at " + recheck;
        }
    }
}
