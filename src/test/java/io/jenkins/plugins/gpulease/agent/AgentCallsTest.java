package io.jenkins.plugins.gpulease.agent;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.instanceOf;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertThrows;

import io.jenkins.plugins.gpulease.engine.probe.ProbeException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.Test;

public class AgentCallsTest {

    private static Throwable failureOf(CompletableFuture<?> answer) {
        return assertThrows(ExecutionException.class, () -> answer.get(30, TimeUnit.SECONDS)).getCause();
    }

    @Test
    public void aCallThatCannotEvenBeSentFailsForPeople() {
        CompletableFuture<String> stuck = new CompletableFuture<>();
        Throwable failure = failureOf(AgentCalls.within("agent-1", Duration.ofMillis(10), stuck));
        assertThat(failure, instanceOf(ProbeException.class));
        assertThat(failure.getMessage(), containsString("agent-1 did not answer"));
    }

    @Test
    public void anAnswerInTimeStaysAsItIs() throws Exception {
        CompletableFuture<String> answer = CompletableFuture.completedFuture("yes");
        assertEquals("yes", AgentCalls.within("agent-1", Duration.ofMinutes(1), answer).get());
    }

    @Test
    public void aFailureInTimeStaysAsItIs() {
        ProbeException gone = new AgentGoneException("agent-1", null);
        assertSame(gone, failureOf(AgentCalls.within("agent-1", Duration.ofMinutes(1), CompletableFuture.failedFuture(gone))));
    }
}
