package io.jenkins.plugins.gpulease.engine.probe;

import java.nio.file.Path;

/** A JVM that starts a probe, prints its process id, and waits to be killed. */
public final class ProbeParent {

    private ProbeParent() {}

    public static void main(String[] args) throws Exception {
        ProbeClient probe = new ProbeClient(ProbeLaunch.of(ProbeClassPath.ofThisEngine())
                .withSimulation("1xH100:80GB")
                .withLocks(Path.of(args[0])));
        probe.handOut(ProbeHost.claim("l", ProbeHost.uuids(probe)));
        System.out.println(probe.pid().getAsLong());
        Thread.sleep(60_000);
    }
}
