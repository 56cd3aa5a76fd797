package io.jenkins.plugins.gpulease.engine.probe;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.host.HostFacts;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The probe in a process of its own. It is started by the first call and replaced when it hangs or dies; a successor takes up
 * the leases of its predecessor (whose usage then has a gap).
 *
 * <p>Thread-safe. Calls can't be interrupted; {@link #close} ends them. A call that has to start the process first may take as long
 * as a scan in addition to its own deadline.
 */
public final class ProbeClient implements Probe {

    private final LiveClaims claims = new LiveClaims();
    private final ProbeKeeper keeper;

    /** A probe with the usual deadlines. */
    public ProbeClient(@NonNull ProbeLaunch launch) {
        this(launch, ProbeDeadlines.DEFAULT);
    }

    public ProbeClient(@NonNull ProbeLaunch launch, @NonNull ProbeDeadlines deadlines) {
        this(launch::start, deadlines, new Restarts(Clock.systemUTC()));
    }

    ProbeClient(@NonNull ProbeKeeper.Starter starter, @NonNull ProbeDeadlines deadlines, @NonNull Restarts restarts) {
        keeper = new ProbeKeeper(starter, deadlines, restarts, claims);
    }

    @Override
    @NonNull
    public Inventory scan() throws ProbeException {
        ProbeKeeper.Running running = keeper.running();
        Inventory found = running.justScanned() != null ? running.justScanned() : keeper.ask(new Call.Scan()).value();
        if (found.status() == Inventory.Status.FAILED) {
            keeper.retire(); // a library that was loaded stays, even if the driver is replaced to cure it
        }
        return found;
    }

    @Override
    @NonNull
    public HostFacts host() throws ProbeException {
        return keeper.ask(new Call.Host()).value();
    }

    @Override
    @NonNull
    public List<Reading> read(@NonNull List<String> uuids) throws ProbeException {
        return keeper.ask(new Call.Read(new ArrayList<>(uuids))).value();
    }

    @Override
    @NonNull
    public Map<String, Verdict> handOut(@NonNull Claim claim) throws ProbeException {
        claims.refuseOutdated(claim);
        claims.endOlder(claim);
        ProbeKeeper.Answer<Map<String, Verdict>> answer = keeper.ask(new Call.HandOut(claim));
        if (answer.value().values().stream().allMatch(Verdict::isClean)) {
            keep(claim, answer.by());
        }
        return answer.value();
    }

    @Override
    @NonNull
    public Map<String, Verdict> adopt(@NonNull Claim claim) throws ProbeException {
        claims.refuseOutdated(claim);
        ProbeKeeper.Answer<Map<String, Verdict>> answer = keeper.ask(new Call.Adopt(claim));
        keep(claim, answer.by());
        return answer.value();
    }

    private void keep(Claim claim, ProbeProcess grantedBy) throws ProbeException {
        if (claims.add(claim) && !grantedBy.isUsable()) { // its successor may have started without knowing of this one
            try {
                keeper.ask(new Call.Adopt(claim));
            } catch (ProbeException e) {
                claims.remove(claim);
                throw e;
            }
        }
        if (claims.isOutdated(claim)) { // its end has overtaken it
            keeper.ask(new Call.TakeBack(claim));
            claims.refuseOutdated(claim);
        }
    }

    @Override
    @NonNull
    public TakenBack takeBack(@NonNull Claim claim) throws ProbeException {
        claims.remove(claim); // even if there is no answer: a successor must not take it up
        return keeper.ask(new Call.TakeBack(claim)).value();
    }

    @Override
    @NonNull
    public Status poll(long sinceEvent, @NonNull List<String> recheck) throws ProbeException {
        return keeper.ask(new Call.Poll(sinceEvent, new ArrayList<>(recheck))).value();
    }

    /**
     * Forgets earlier failures, so that the next call starts the probe at once, and, as long as nothing is leased, which GPUs had
     * errors. For a person who asks for a scan.
     */
    public void reset() {
        keeper.reset();
    }

    /** Of the process, if there is one. */
    @NonNull
    public OptionalLong pid() {
        return keeper.pid();
    }

    @Override
    public void close() {
        keeper.close();
    }
}
