package io.jenkins.plugins.gpulease.engine.probe;

import java.io.DataInputStream;
import java.lang.reflect.Proxy;

/** A probe's process that answers each request with a problem. */
public final class UnwillingProbe {

    private UnwillingProbe() {}

    public static void main(String[] args) throws Exception {
        Object probe = Proxy.newProxyInstance(UnwillingProbe.class.getClassLoader(), new Class<?>[] {Probe.class}, (self, method, given) -> {
            throw new ProbeException("not today");
        });
        new ProbeServer((Probe) probe, new Faults(), new DataInputStream(System.in), System.out).serve();
    }
}
