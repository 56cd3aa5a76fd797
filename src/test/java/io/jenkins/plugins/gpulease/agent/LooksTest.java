package io.jenkins.plugins.gpulease.agent;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotSame;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.Test;

public class LooksTest {

    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final List<Boolean> demanded = new ArrayList<>();
    private Runnable meanwhile = () -> {};
    private final Looks looks = new Looks(this::look, tasks::add);

    private void look(boolean onDemand) {
        demanded.add(onDemand);
        meanwhile.run();
    }

    private void runAll() {
        while (!tasks.isEmpty()) {
            tasks.remove().run();
        }
    }

    @Test
    public void whoAsksBeforeALookBeginsSharesIt() {
        assertSame(looks.ask(false), looks.ask(false));
        runAll();
        assertEquals(List.of(false), demanded);
    }

    @Test
    public void whoAsksDuringALookGetsAnotherOneAfterIt() {
        List<CompletableFuture<Void>> second = new ArrayList<>();
        meanwhile = () -> {
            if (second.isEmpty()) {
                second.add(looks.ask(false));
                assertFalse(second.get(0).isDone());
            }
        };
        CompletableFuture<Void> first = looks.ask(false);
        runAll();
        assertNotSame(first, second.get(0));
        assertTrue(second.get(0).isDone());
        assertEquals(2, demanded.size());
    }

    @Test
    public void aLookIsOnDemandIfAnyoneDemandsIt() {
        looks.ask(false);
        looks.ask(true);
        runAll();
        looks.ask(false);
        runAll();
        assertEquals(List.of(true, false), demanded);
    }

    @Test
    public void betweenLooksNothingIsGoingOn() {
        assertTrue(looks.isIdle());
        looks.ask(false);
        assertFalse(looks.isIdle());
        runAll();
        assertTrue(looks.isIdle());
    }

    @Test
    public void aLookThatEndsWithAnErrorDoesNotEndLaterLooks() {
        meanwhile = () -> {
            throw new NoClassDefFoundError("probe");
        };
        CompletableFuture<Void> first = looks.ask(false);
        runAll();
        assertTrue(first.isCompletedExceptionally());
        meanwhile = () -> {};

        CompletableFuture<Void> second = looks.ask(false);
        runAll();

        assertFalse(second.isCompletedExceptionally());
        assertEquals(2, demanded.size());
    }

    @Test
    public void aLookThatTheExecutorRefusedIsAskedForAgain() {
        List<Integer> asked = new ArrayList<>();
        Looks refused = new Looks(this::look, task -> {
            asked.add(asked.size());
            throw new RejectedExecutionException();
        });
        refused.ask(false);
        refused.ask(false);
        assertEquals(List.of(0, 1), asked);
    }
}
