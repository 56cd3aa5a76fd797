package io.jenkins.plugins.gpulease.request;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.Test;

public class InOrderTest {

    private final List<Runnable> threads = new ArrayList<>();
    private final List<Runnable> later = new ArrayList<>();
    private final List<String> done = new ArrayList<>();
    private boolean exhausted;

    private final InOrder inOrder = new InOrder(this::thread, later::add);

    private void thread(Runnable work) {
        if (exhausted) {
            throw new OutOfMemoryError("unable to create native thread");
        }
        threads.add(work);
    }

    private void call(String name) {
        inOrder.execute(() -> done.add(name));
    }

    @Test
    public void callsThatComeMeanwhileGoOnTheSameThread() {
        call("first");
        call("second");

        assertEquals(1, threads.size());
        threads.get(0).run();
        assertEquals(List.of("first", "second"), done);
        call("third");
        assertEquals(2, threads.size());
    }

    @Test
    public void aCallThatFailsKeepsTheNextFromNothing() {
        inOrder.execute(() -> {
            throw new LinkageError("a call that fails");
        });
        call("next");

        threads.get(0).run();
        assertEquals(List.of("next"), done);
    }

    @Test
    public void callsWaitForAThreadIfThereIsNone() {
        exhausted = true;
        call("first");
        call("second");
        assertEquals("nobody tries in vain for each call", 1, later.size());

        exhausted = false;
        later.get(0).run();
        assertEquals(List.of("first", "second"), done);
        call("third");
        assertEquals("the next ones find one", 1, threads.size());
    }

    @Test
    public void itIsDoneOnceEverythingIsThatCameBefore() {
        call("before");
        CompletableFuture<Void> all = inOrder.done();
        call("after");

        assertFalse(all.isDone());
        threads.get(0).run();
        assertTrue(all.isDone());
    }
}
