package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import io.jenkins.plugins.gpulease.DeviceCustodian;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.probe.Claim;
import io.jenkins.plugins.gpulease.engine.probe.TakenBack;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Has devices verified by the probe of their node: one round trip for each hand-out and each return. */
@Extension
public final class AgentCustodian implements DeviceCustodian {

    @NonNull
    @Override
    public CompletionStage<Map<String, Verdict>> handOut(@NonNull Lease lease) {
        NodeProbe probe = GpuNodes.get().of(lease.node());
        probe.told().add(lease.id());
        Claim claim = LeaseClaim.of(lease);
        return ask(lease, new ProbeCall.HandOut(lease.node(), claim), (HandedOut reported) -> accept(probe, lease, reported))
                .whenComplete((verdicts, failure) -> {
                    if (failure != null) {
                        probe.told().remove(lease.id());
                        probe.note(AgentCalls.causeOf(failure));
                        ask(lease, new ProbeCall.TakeBack(lease.node(), claim), answer -> answer); // this very attempt: it may come late
                    } else if (!verdicts.values().stream().allMatch(Verdict::isClean)) {
                        probe.told().remove(lease.id());
                    }
                });
    }

    @NonNull
    @Override
    public CompletionStage<Returned> takeBack(@NonNull Lease lease) {
        GpuNodes.get().find(lease.node()).ifPresent(probe -> probe.told().remove(lease.id()));
        return ask(lease, new ProbeCall.TakeBack(lease.node(), LeaseClaim.of(lease)), reported -> accept(reported, lease));
    }

    private static <T, R> CompletionStage<R> ask(Lease lease, ProbeCall<T> question, Function<T, R> accept) {
        return AgentCalls.ask(lease.node(), question, AgentCalls.DEADLINE, accept, GpuLeases.get().executor());
    }

    private static Map<String, Verdict> accept(NodeProbe probe, Lease lease, HandedOut reported) {
        if (lease.shared()) {
            probe.setMps(reported.mps());
        }
        return ReportedVerdicts.accept(reported.verdicts(), lease.uuids());
    }

    private static Returned accept(TakenBack reported, Lease lease) {
        return new Returned(
                ReportedVerdicts.accept(reported.verdicts(), lease.uuids()),
                ReportedUsage.accept(reported.usage(), lease.uuids()));
    }
}
