package io.jenkins.plugins.gpulease;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.ExtensionList;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.usage.LeaseUsage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Stands in for the real custodian until it is closed, and says what it is told to say about devices that come back. */
public final class ScriptedCustodian implements DeviceCustodian, AutoCloseable {

    private final ExtensionList<DeviceCustodian> custodians = ExtensionList.lookup(DeviceCustodian.class);
    private final List<DeviceCustodian> real = List.copyOf(custodians);
    private final Function<Lease, Returned> takeBack;

    /** @param takeBack what comes back with a lease */
    public ScriptedCustodian(@NonNull Function<Lease, Returned> takeBack) {
        this.takeBack = takeBack;
        custodians.removeAll(real);
        custodians.add(0, this);
    }

    /** Whatever the lease, one verdict for each device. */
    @NonNull
    public static Map<String, Verdict> all(@NonNull Lease lease, @NonNull Verdict verdict) {
        Map<String, Verdict> verdicts = new LinkedHashMap<>();
        lease.uuids().forEach(uuid -> verdicts.put(uuid, verdict));
        return verdicts;
    }

    /** All devices are clean. */
    @NonNull
    public static Returned clean(@NonNull Lease lease) {
        return new Returned(all(lease, Verdict.CLEAN), LeaseUsage.UNKNOWN);
    }

    @Override
    public CompletionStage<Map<String, Verdict>> handOut(Lease lease) {
        return CompletableFuture.completedFuture(all(lease, Verdict.CLEAN));
    }

    @Override
    public CompletionStage<Returned> takeBack(Lease lease) {
        return CompletableFuture.supplyAsync(() -> takeBack.apply(lease));
    }

    @Override
    public void close() {
        custodians.remove(this);
        custodians.addAll(real);
    }
}
