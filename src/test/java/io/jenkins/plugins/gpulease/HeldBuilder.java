package io.jenkins.plugins.gpulease;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Launcher;
import hudson.model.AbstractBuild;
import hudson.model.BuildListener;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.jvnet.hudson.test.TestBuilder;

/** A build step that ends when a test says so. */
public final class HeldBuilder extends TestBuilder {

    private static final Map<String, CountDownLatch> GATES = new ConcurrentHashMap<>();

    private final String gate;

    /** @param gate what {@link #open} opens; no two tests may have the same */
    public HeldBuilder(@NonNull String gate) {
        this.gate = gate;
    }

    /** Lets all end, now and later, that are held by a gate. */
    public static void open(@NonNull String gate) {
        of(gate).countDown();
    }

    /** Lets all end that are held by any gate, as those of a test that failed half way. */
    public static void openAll() {
        GATES.values().forEach(CountDownLatch::countDown);
    }

    private static CountDownLatch of(String gate) {
        return GATES.computeIfAbsent(gate, name -> new CountDownLatch(1));
    }

    @Override
    public boolean perform(AbstractBuild<?, ?> build, Launcher launcher, BuildListener listener) throws InterruptedException {
        listener.getLogger().println("held by " + gate);
        of(gate).await();
        return true;
    }
}
