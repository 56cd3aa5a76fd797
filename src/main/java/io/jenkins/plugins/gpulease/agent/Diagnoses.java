package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.Computer;
import hudson.model.Node;
import hudson.remoting.VirtualChannel;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.engine.doctor.Doctor;
import io.jenkins.plugins.gpulease.engine.doctor.Finding;
import io.jenkins.plugins.gpulease.engine.probe.ProbeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The last diagnosis of each node for which somebody asked for one; at most one goes on for a node. In memory only. */
@Extension
@Restricted(NoExternalUse.class)
public final class Diagnoses {

    private static final Logger LOGGER = Logger.getLogger(Diagnoses.class.getName());

    /** Of all of it: most of the time may go into copying the probe over a slow line. */
    private static final Duration LONGEST = Duration.ofMinutes(4);

    private static final Duration GLANCE = Duration.ofSeconds(15);

    /** The doctor keeps to its own deadline; this is for the way. */
    private static final Duration EXAMINATION = Doctor.LONGEST.plus(GLANCE);

    private final Map<String, Diagnosis> byNode = new ConcurrentHashMap<>();

    @NonNull
    static Diagnoses get() {
        return ExtensionList.lookupSingleton(Diagnoses.class);
    }

    /** The last one of a node, which may be going on; null if there is none. */
    @CheckForNull
    Diagnosis find(@NonNull String node) {
        return byNode.get(node);
    }

    void forget(@NonNull String node) {
        byNode.remove(node);
    }

    /**
     * Begins one, unless one goes on. Returns at once.
     *
     * @return whether it has begun one
     */
    boolean start(@NonNull Computer computer) {
        String name = NodeNames.of(computer);
        Diagnosis started = new Diagnosis(Instant.now(), null, null);
        if (byNode.merge(name, started, (last, fresh) -> last.isRunning() ? last : fresh) != started) {
            return false;
        }
        ExecutorService executor = GpuLeases.get().executor();
        Future<?> examination = executor.submit(() -> end(name, started, examined(name, computer, started.startedAt())));
        CompletableFuture.delayedExecutor(LONGEST.toSeconds(), TimeUnit.SECONDS, executor).execute(() -> {
            if (examination.cancel(true)) {
                end(name, started, new Diagnosis(started.startedAt(), null, Messages.Diagnoses_late(name, LONGEST.toMinutes())));
            }
        });
        return true;
    }

    /** Unless the node was forgotten meanwhile. */
    private void end(String name, Diagnosis started, Diagnosis ended) {
        byNode.replace(name, started, ended);
    }

    private static Diagnosis examined(String name, Computer computer, Instant startedAt) {
        try {
            return new Diagnosis(startedAt, examine(name, computer), null);
        } catch (ProbeException e) {
            return new Diagnosis(startedAt, null, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Diagnosis(startedAt, null, Messages.Diagnoses_interrupted(name));
        } catch (RuntimeException | Error e) { // a hostile answer may be made of anything; the page must not wait for ever
            LOGGER.log(Level.WARNING, e, () -> "Diagnosing " + name + " failed");
            return new Diagnosis(startedAt, null, ReportedText.reason(e.toString()));
        }
    }

    private static List<Finding> examine(String name, Computer computer) throws ProbeException, InterruptedException {
        Node node = computer.getNode();
        VirtualChannel channel = computer.getChannel();
        if (node == null || channel == null) {
            throw new AgentGoneException(name, null);
        }
        GpuNodeSettings settings = GpuNodeSettings.of(node);
        String library = settings.libraryPath();
        boolean asked = AgentCalls.call(name, channel, new HardwareCheck(library), GLANCE);
        List<String> classPath = asked ? GpuNodes.get().discovery().install(name, node) : List.of();
        List<Finding> findings = new ArrayList<>(NodeFindings.of(settings));
        findings.addAll(ReportedFindings.accept(
                AgentCalls.call(name, channel, new DiagnoseCall(classPath, library), EXAMINATION)));
        findings.sort(Comparator.comparing(Finding::severity));
        return findings;
    }
}
