package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.probe.Claim;
import io.jenkins.plugins.gpulease.engine.probe.Probe;
import io.jenkins.plugins.gpulease.engine.probe.ProbeException;
import io.jenkins.plugins.gpulease.engine.probe.Status;
import io.jenkins.plugins.gpulease.engine.probe.TakenBack;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import jenkins.security.MasterToSlaveCallable;

/**
 * A question to the probe of a node, asked in the agent's JVM.
 *
 * @param <T> the answer; nothing of it is to be trusted
 */
abstract class ProbeCall<T> extends MasterToSlaveCallable<T, IOException> {

    private static final long serialVersionUID = 1L;

    private final String node;

    ProbeCall(String node) {
        this.node = node;
    }

    abstract T ask(Probe probe) throws ProbeException;

    @Override
    public T call() throws IOException {
        try {
            return ask(AgentProbe.of(node));
        } catch (LinkageError e) { // an Error would close the channel
            throw new ProbeException("The agent can't run the probe: " + e, e);
        }
    }

    /** Verifies and locks devices for a lease, and sees what enforces the budget of one that shares them. */
    static final class HandOut extends ProbeCall<HandedOut> {
        private static final long serialVersionUID = 1L;
        private final Claim claim;

        HandOut(@NonNull String node, @NonNull Claim claim) {
            super(node);
            this.claim = claim;
        }

        @Override
        HandedOut ask(Probe probe) throws ProbeException {
            boolean mps = claim.isShared() && probe.host().mpsDaemon(); // first, since what is handed out has to be told
            return new HandedOut(probe.handOut(claim), mps);
        }
    }

    /** Tells a fresh probe of a lease that goes on. */
    static final class Adopt extends ProbeCall<Map<String, Verdict>> {
        private static final long serialVersionUID = 1L;
        private final Claim claim;

        Adopt(@NonNull String node, @NonNull Claim claim) {
            super(node);
            this.claim = claim;
        }

        @Override
        Map<String, Verdict> ask(Probe probe) throws ProbeException {
            return probe.adopt(claim);
        }
    }

    /** Takes the devices of a lease back. */
    static final class TakeBack extends ProbeCall<TakenBack> {
        private static final long serialVersionUID = 1L;
        private final Claim claim;

        TakeBack(@NonNull String node, @NonNull Claim claim) {
            super(node);
            this.claim = claim;
        }

        @Override
        TakenBack ask(Probe probe) throws ProbeException {
            return probe.takeBack(claim);
        }
    }

    /** Asks what has changed, and what devices are doing. */
    static final class Poll extends ProbeCall<Polled> {
        private static final long serialVersionUID = 1L;
        private final long sinceEvent;
        private final ArrayList<String> recheck;
        private final ArrayList<String> read;

        Poll(@NonNull String node, long sinceEvent, @NonNull List<String> recheck, @NonNull List<String> read) {
            super(node);
            this.sinceEvent = sinceEvent;
            this.recheck = new ArrayList<>(recheck);
            this.read = new ArrayList<>(read);
        }

        @Override
        Polled ask(Probe probe) throws ProbeException {
            Status status = probe.poll(sinceEvent, recheck);
            return new Polled(status, read.isEmpty() ? List.of() : probe.read(read));
        }
    }

    /** What {@link Poll} brings. */
    record Polled(@NonNull Status status, @NonNull List<Reading> readings) implements Serializable {

        Polled {
            readings = List.copyOf(readings);
        }
    }
}
