package io.jenkins.plugins.gpulease.engine.probe;

import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.host.HostLocks;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.rules.ExternalResource;
import org.junit.rules.TemporaryFolder;
import org.junit.rules.RuleChain;
import org.junit.runner.Description;
import org.junit.runners.model.Statement;

/** A host of its own for probes in processes of their own, which end with the test. */
final class ProbeHost extends ExternalResource {

    /** Enough to start a JVM on a busy machine. */
    static final ProbeDeadlines PATIENT = new ProbeDeadlines(Duration.ofSeconds(20), Duration.ofSeconds(10));

    private final TemporaryFolder folder = new TemporaryFolder();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final Logger log = Logger.getLogger(ProbeClient.class.getPackageName());

    @Override
    public Statement apply(Statement base, Description description) {
        return RuleChain.outerRule(folder).around((inner, test) -> super.apply(inner, test)).apply(base, description);
    }

    @Override
    protected void before() {
        log.setLevel(Level.OFF); // probes die here on purpose
    }

    @Override
    protected void after() {
        log.setLevel(null);
        open.forEach(each -> {
            try {
                each.close();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }

    Path path(String name) {
        return folder.getRoot().toPath().resolve(name);
    }

    /** Real devices, so far. */
    ProbeLaunch launch() {
        return ProbeLaunch.of(ProbeClassPath.ofThisEngine()).withLocks(path("locks")).withLoads(path("loads"));
    }

    ProbeClient simulated(String spec) {
        return client(launch().withSimulation(spec), PATIENT);
    }

    ProbeClient client(ProbeLaunch launch, ProbeDeadlines deadlines) {
        return client(launch::start, deadlines);
    }

    ProbeClient client(ProbeKeeper.Starter starter, ProbeDeadlines deadlines) {
        ProbeClient client = new ProbeClient(starter, deadlines, new Restarts(Clock.systemUTC()));
        open.add(client);
        return client;
    }

    /** Who has locked which devices, seen from this process. */
    Map<String, String> holders(List<String> uuids) throws Exception {
        try (HostLocks locks = new HostLocks(path("locks"))) {
            return locks.holders(uuids);
        }
    }

    static List<String> uuids(ProbeClient client) throws ProbeException {
        return client.scan().devices().stream().map(Device::uuid).toList();
    }

    static Claim claim(String lease, List<String> uuids) {
        return new Claim(lease, "build #1", uuids, null, true, true);
    }

    static void kill(long pid) throws Exception {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        Await.end(pid);
    }
}
