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
    private final List<String> done = new ArrayList<>();

    private final InOrder inOrder = new InOrder(threads::add);

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
    public void itIsDoneOnceEverythingIsThatCameBefore() {
        call("before");
        CompletableFuture<Void> all = inOrder.done();
        call("after");

        assertFalse(all.isDone());
        threads.get(0).run();
        assertTrue(all.isDone());
    }
}
