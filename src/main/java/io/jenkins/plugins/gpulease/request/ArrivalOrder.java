package io.jenkins.plugins.gpulease.request;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.ExtensionList;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Keeps the order of arrival over a restart: blocks that wait are resumed in any order, so requests gather here until all of
 * them are back, and then go into the table of leases in the order in which they were first made.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class ArrivalOrder {

    private static final Logger LOGGER = Logger.getLogger(ArrivalOrder.class.getName());

    private final List<Arrival> gathered = new ArrayList<>();
    private boolean open;

    private record Arrival(Instant askedAt, Runnable ask) {

        /** One that fails must not keep those behind it from their turn. */
        void go() {
            try {
                ask.run();
            } catch (RuntimeException | LinkageError e) {
                LOGGER.log(Level.WARNING, e, () -> "A block that asked for GPUs at " + askedAt + " could not ask again");
            }
        }
    }

    @NonNull
    public static ArrivalOrder get() {
        return ExtensionList.lookupSingleton(ArrivalOrder.class);
    }

    /** Asks at once, or when its turn comes after a restart. */
    public void join(@NonNull Instant askedAt, @NonNull Runnable ask) {
        synchronized (this) {
            if (!open) {
                gathered.add(new Arrival(askedAt, ask));
                return;
            }
        }
        ask.run();
    }

    /** All blocks that survived a restart have joined. */
    public void open() {
        List<Arrival> arrivals;
        synchronized (this) {
            open = true;
            arrivals = new ArrayList<>(gathered);
            gathered.clear();
        }
        arrivals.sort(Comparator.comparing(Arrival::askedAt));
        arrivals.forEach(Arrival::go);
    }
}
