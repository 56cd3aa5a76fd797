package io.jenkins.plugins.gpulease.wrapper;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.AbortException;
import hudson.EnvVars;
import hudson.model.AbstractBuild;
import hudson.model.Computer;
import hudson.model.Executor;
import hudson.model.Node;
import hudson.model.Result;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.agent.NodeNames;
import io.jenkins.plugins.gpulease.build.BuildHolder;
import io.jenkins.plugins.gpulease.build.GpuLeasesAction;
import io.jenkins.plugins.gpulease.build.StoredLease;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.lease.LeaseFailure;
import io.jenkins.plugins.gpulease.pipeline.SkippedBlock;
import io.jenkins.plugins.gpulease.request.AutoMinMemory;
import io.jenkins.plugins.gpulease.request.GpuParameters;
import io.jenkins.plugins.gpulease.request.GpuRequest;
import io.jenkins.plugins.gpulease.request.LeaseLog;
import io.jenkins.plugins.gpulease.request.LeaseText;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import jenkins.model.CauseOfInterruption;
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException;

/** Finds the lease that a build has come with out of the queue, or gets one of the node that it runs on. */
final class BuildStart {

    private final Run<?, ?> build;
    private final TaskListener listener;
    private final GpuParameters parameters;

    BuildStart(@NonNull Run<?, ?> build, @NonNull TaskListener listener, @NonNull GpuParameters parameters) {
        this.build = build;
        this.listener = listener;
        this.parameters = parameters;
    }

    /**
     * The build's lease.
     *
     * @param env of the steps around
     * @throws IOException if there is none; the message says why
     */
    @NonNull
    Lease lease(@NonNull EnvVars env) throws IOException, InterruptedException {
        QueuedBuild queued = QueuedBuilds.get().find(build);
        Lease brought = queued == null ? null : queued.lease();
        if (brought != null) {
            return held(brought);
        }
        GpuRequest asked = asked();
        LeaseFailure failure = queued == null ? null : queued.failure();
        if (is(LeaseFailure.Kind.BUSY, failure)) {
            request(asked, null);
            throw skipped(failure.message());
        }
        try {
            String node = node(env);
            return ofNode(node, request(asked, NodeNames.node(node)), env);
        } catch (BuildWait.BusyException e) {
            throw skipped(e.getMessage());
        } catch (AbortException e) { // what was said of all nodes tells more than what is said of this one
            throw is(LeaseFailure.Kind.IMPOSSIBLE, failure) ? new AbortException(LeaseText.plain(failure.message())) : e;
        } catch (FlowInterruptedException e) {
            if (build instanceof AbstractBuild) { // which would take it for its abortion
                throw new AbortException(reason(e));
            }
            throw e;
        }
    }

    private static boolean is(LeaseFailure.Kind kind, @CheckForNull LeaseFailure failure) {
        return failure != null && failure.kind() == kind;
    }

    private static String reason(FlowInterruptedException e) {
        return e.getCauses().stream().map(CauseOfInterruption::getShortDescription).collect(Collectors.joining("\n"));
    }

    private static Lease held(Lease lease) throws AbortException {
        if (GpuLeases.get().table().lease(lease.id()).isEmpty()) {
            throw new AbortException(
                    NodeNames.node(lease.node()) == null
                            ? Messages.BuildStart_nodeRemoved(lease.node())
                            : Messages.BuildStart_ended(lease.node()));
        }
        return lease;
    }

    private GpuRequest asked() throws AbortException {
        try {
            return new GpuRequest(parameters);
        } catch (IllegalArgumentException e) {
            throw new AbortException(Messages.BuildStart_badParameters(e.getMessage()));
        }
    }

    /** The log says how much memory that is. */
    private GpuRequest request(GpuRequest asked, @CheckForNull Node node) throws InterruptedException {
        AutoMinMemory auto = AutoMinMemory.of(asked, build.getParent(), "", node);
        LeaseLog log = new LeaseLog(listener);
        log.write(auto.lines());
        log.await();
        return auto.request();
    }

    private Lease ofNode(String node, GpuRequest request, EnvVars env)
            throws IOException, InterruptedException, BuildWait.BusyException {
        Lease lease = BuildWait.await(build, node, request, enclosing(node, env), listener);
        GpuLeasesAction.granted(build, new StoredLease(lease), request.devices().toString());
        return lease;
    }

    private String node(EnvVars env) throws AbortException {
        if (build instanceof AbstractBuild<?, ?> other) {
            Node node = other.getBuiltOn();
            if (node != null) {
                return NodeNames.of(node);
            }
        }
        String variable = env.get("NODE_NAME");
        String node = variable == null ? null : NodeNames.ofVariable(variable);
        if (node == null || !hasExecutorOf(node)) {
            throw new AbortException(Messages.BuildStart_noNode());
        }
        return node;
    }

    /** Whoever writes a Pipeline can set the variable to any node. */
    private boolean hasExecutorOf(String node) {
        Computer computer = NodeNames.computer(node);
        if (computer == null) {
            return false;
        }
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            return computer.getExecutors().stream()
                    .map(Executor::getCurrentExecutable)
                    .anyMatch(executable ->
                            executable != null && (build.equals(executable) || build.equals(executable.getParentExecutable())));
        }
    }

    /** The lease of the block around, as its variables name it; null if there is none on this node. */
    @CheckForNull
    private String enclosing(String node, EnvVars env) {
        String id = env.get("GPU_LEASE_ID");
        return id == null
                ? null
                : GpuLeases.get().table().lease(id)
                        .filter(lease -> lease.node().equals(node))
                        .filter(lease -> BuildHolder.runId(lease.holder()).equals(build.getExternalizableId()))
                        .map(Lease::id)
                        .orElse(null);
    }

    /** A Pipeline may catch what ends the block; another build ends with it, as one that wasn't built. */
    private InterruptedException skipped(String reason) throws InterruptedException {
        LeaseLog log = new LeaseLog(listener);
        log.write(List.of(Messages.BuildStart_skipped(LeaseText.plain(reason))));
        log.await();
        Executor executor = build instanceof AbstractBuild<?, ?> other ? other.getExecutor() : null;
        if (executor == null) {
            return SkippedBlock.interruption();
        }
        executor.interrupt(Result.NOT_BUILT, new SkippedBlock()); // the one way to another result than a failure
        Thread.interrupted(); // what comes after the build steps is to run
        return new InterruptedException(reason);
    }
}
