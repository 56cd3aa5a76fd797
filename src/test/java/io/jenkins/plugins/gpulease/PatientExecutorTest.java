package io.jenkins.plugins.gpulease;

import static org.junit.Assert.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.Test;

public class PatientExecutorTest {

    private final List<Runnable> threads = new ArrayList<>();
    private final List<Runnable> later = new ArrayList<>();
    private final List<String> done = new ArrayList<>();
    private boolean exhausted = true;

    private void thread(Runnable work) {
        if (exhausted) {
            throw new OutOfMemoryError("unable to create native thread");
        }
        threads.add(work);
    }

    @Test
    public void workWaitsForAThreadHoweverOftenThereIsNone() {
        PatientExecutor executor = new PatientExecutor(this::thread, later::add);

        executor.execute(() -> done.add("work"));
        later.remove(0).run();
        assertEquals("it is tried once more", 1, later.size());

        exhausted = false;
        later.remove(0).run();
        threads.remove(0).run();
        assertEquals(List.of("work"), done);
        executor.execute(() -> done.add("next"));
        assertEquals("the next finds a thread", 1, threads.size());
    }

    @Test
    public void aTimerWithoutAThreadOfItsOwnKeepsNobodyFromGoingOn() {
        PatientExecutor executor = new PatientExecutor(this::thread, again -> {
            later.add(again);
            throw new OutOfMemoryError("unable to create native thread");
        });

        executor.execute(() -> done.add("work"));

        assertEquals(1, later.size());
    }
}
