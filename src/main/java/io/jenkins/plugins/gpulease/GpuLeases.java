package io.jenkins.plugins.gpulease;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.security.ACL;
import hudson.util.ClassLoaderSanityThreadFactory;
import hudson.util.DaemonThreadFactory;
import hudson.util.NamingThreadFactory;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.lease.Custodian;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.lease.LeaseTable;
import io.jenkins.plugins.gpulease.engine.placement.BestPlacement;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import jenkins.security.ImpersonatingExecutorService;
import jenkins.util.ContextResettingExecutorService;
import jenkins.util.ErrorLoggingExecutorService;
import jenkins.util.Timer;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The controller's one table of leases. It starts paused: nothing is granted until every build that survived a restart has
 * taken up its leases again.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class GpuLeases {

    /** What waits for a thread waits so long at a time. */
    private static final int TRY_AGAIN_SECONDS = 1;

    private final ExecutorService executor = newExecutor();
    private final PatientExecutor patient =
            new PatientExecutor(executor, work -> Timer.get().schedule(work, TRY_AGAIN_SECONDS, TimeUnit.SECONDS));

    private final LeaseTable table = new LeaseTable(
            new BestPlacement(), new LateCustodian(), executor, Clock.systemUTC());

    public GpuLeases() {
        table.pause();
    }

    /** Its threads keep neither the identity nor the class loader of whoever made them start. */
    private static ExecutorService newExecutor() {
        ThreadFactory threads = new NamingThreadFactory(
                new DaemonThreadFactory(new ClassLoaderSanityThreadFactory(Executors.defaultThreadFactory())), "GPU leases");
        return new ContextResettingExecutorService(new ImpersonatingExecutorService(
                new ErrorLoggingExecutorService(Executors.newCachedThreadPool(threads)), ACL.SYSTEM2));
    }

    @NonNull
    public static GpuLeases get() {
        return ExtensionList.lookupSingleton(GpuLeases.class);
    }

    @NonNull
    public LeaseTable table() {
        return table;
    }

    /** Runs what must not run on a caller's thread: in the system's name, never under a lock of Jenkins. */
    @NonNull
    public ExecutorService executor() {
        return executor;
    }

    /** Runs something after a while, as {@link #executor} does. Where no thread can be had for it then, it is tried again. */
    @NonNull
    public Future<?> later(@NonNull Duration delay, @NonNull Runnable work) {
        return Timer.get().schedule(() -> begin(work), delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Runs something as {@link #executor} does. Where no thread can be had for it, it is tried again; nothing is thrown. */
    public void begin(@NonNull Runnable work) {
        patient.execute(work);
    }

    /** Looks the custodian up at its first use, since extensions come in any order. */
    private static final class LateCustodian implements Custodian {

        private static DeviceCustodian custodian() {
            return ExtensionList.lookupSingleton(DeviceCustodian.class);
        }

        @Override
        public CompletionStage<Map<String, Verdict>> handOut(Lease lease) {
            return custodian().handOut(lease);
        }

        @Override
        public CompletionStage<Returned> takeBack(Lease lease) {
            return custodian().takeBack(lease);
        }
    }
}
