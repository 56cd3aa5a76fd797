package io.jenkins.plugins.gpulease.report;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.XmlFile;
import hudson.init.InitMilestone;
import hudson.init.Initializer;
import hudson.init.Terminator;
import hudson.model.PeriodicWork;
import hudson.model.Run;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.build.BuildHolder;
import io.jenkins.plugins.gpulease.build.LeaseListener;
import io.jenkins.plugins.gpulease.engine.lease.Custodian.Returned;
import io.jenkins.plugins.gpulease.engine.lease.Holder;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.report.FleetLedger;
import io.jenkins.plugins.gpulease.engine.report.FleetReport;
import io.jenkins.plugins.gpulease.engine.report.LeaseSpan;
import io.jenkins.plugins.gpulease.engine.report.StoredHours;
import io.jenkins.plugins.gpulease.engine.usage.LeaseUsage;
import java.io.File;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Keeps the ledger of the fleet: from the start of Jenkins to its end, and over restarts. Thread-safe. */
@Extension
@Restricted(NoExternalUse.class)
public final class FleetReporter {

    static final String FILE = "gpu-lease-report.xml";

    private final StoredLedger file = new StoredLedger(new XmlFile(new File(Jenkins.get().getRootDir(), FILE)));
    private final FleetLedger ledger = new FleetLedger(file.read());

    @NonNull
    public static FleetReporter get() {
        return ExtensionList.lookupSingleton(FleetReporter.class);
    }

    /** Before any node is known, so that no change is missed. */
    @Initializer(after = InitMilestone.EXTENSIONS_AUGMENTED, before = InitMilestone.JOB_LOADED)
    public static void begin() {
        GpuLeases.get().table().onChange(get()::look);
    }

    /** Reads and tells in one go, so that of two changes the later one counts from then on. */
    private synchronized void look(String node) {
        GpuLeases.get().table().view(node).ifPresentOrElse(
                view -> ledger.changed(view, Instant.now()), () -> ledger.removed(node, Instant.now()));
    }

    /** The report of so many hours and the one that runs, with the leases that are held. */
    @NonNull
    FleetReport report(@NonNull Duration window) {
        Instant now = Instant.now();
        List<LeaseSpan> held = GpuLeases.get().table().views().stream()
                .flatMap(node -> node.leases().stream())
                .filter(lease -> !lease.isSubLease())
                .map(lease -> LeaseSpan.of(job(lease.holder()), lease, LeaseUsage.UNKNOWN, now))
                .toList();
        return ledger.report(now, window, held);
    }

    /** The full name of the job whose build holds; the holder's id if none does. */
    private static String job(Holder holder) {
        String run = BuildHolder.runId(holder);
        int number = run.lastIndexOf('#');
        return number <= 0 ? run : run.substring(0, number);
    }

    /** Counts up to now and writes it down. */
    void store() {
        file.write(this::counted);
    }

    private synchronized StoredHours counted() {
        ledger.tick(Instant.now());
        return ledger.stored();
    }

    @Terminator
    public static void storeAtShutdown() {
        get().store();
    }

    /** What an enclosing lease has is its own, whoever used it. */
    @Extension
    public static final class Leases implements LeaseListener {

        @Override
        public void onReturned(Run<?, ?> run, Lease lease, Returned returned, Instant at) {
            if (!lease.isSubLease()) {
                get().ledger.ended(LeaseSpan.of(run.getParent().getFullName(), lease, returned.usage(), at));
            }
        }
    }

    /** What a crash can cost is the time since. */
    @Extension
    public static final class Periodic extends PeriodicWork {

        @Override
        public long getRecurrencePeriod() {
            return Duration.ofMinutes(10).toMillis();
        }

        @Override
        protected void doRun() {
            get().store();
        }
    }
}
