package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Computer;
import hudson.remoting.Callable;
import hudson.remoting.ChannelClosedException;
import hudson.remoting.RequestAbortedException;
import hudson.remoting.VirtualChannel;
import io.jenkins.plugins.gpulease.engine.probe.ProbeException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** Calls to agents that can't hold anybody up: each has a deadline, and a node without a channel fails at once. */
final class AgentCalls {

    /**
     * Above what the agent's side of a call takes at worst, which is the probe's own deadline of 15 s and a little for the way, so
     * that it is the probe that tells what is wrong. A call that meets a probe's start may take longer; it fails, and what
     * it asked for is taken back.
     */
    static final Duration DEADLINE = Duration.ofSeconds(25);

    /** For sending, which blocks without limit if the other end reads no more. */
    private static final Duration SENDING = Duration.ofSeconds(5);

    private AgentCalls() {}

    /**
     * Asks a node, waiting on the executor.
     *
     * @param accept makes the answer fit for the controller
     * @return fails with {@link ProbeException}, whose message is for people
     */
    @NonNull
    static <T, R> CompletionStage<R> ask(
            @NonNull String node,
            @NonNull Callable<T, ?> question,
            @NonNull Duration deadline,
            @NonNull Function<T, R> accept,
            @NonNull Executor executor) {
        VirtualChannel channel = channel(node);
        if (channel == null) {
            return CompletableFuture.failedFuture(new AgentGoneException(node, null));
        }
        return within(node, deadline.plus(SENDING), CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return accept.apply(call(node, channel, question, deadline));
                    } catch (ProbeException e) {
                        throw new CompletionException(e);
                    } catch (RuntimeException e) { // a hostile answer may be made of anything
                        throw new CompletionException(new ProbeException(
                                node + " gave an answer that makes no sense: " + ReportedText.reason(e.toString()), e));
                    }
                },
                executor));
    }

    /** The same answer, or a {@link ProbeException} once the limit is over. */
    static <R> CompletableFuture<R> within(
            @NonNull String node, @NonNull Duration limit, @NonNull CompletableFuture<R> answer) {
        return answer.orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS).exceptionally(failure -> {
            Throwable cause = causeOf(failure);
            throw new CompletionException(cause instanceof TimeoutException ? late(node, limit, cause) : cause);
        });
    }

    private static ProbeException late(String node, Duration limit, Throwable cause) {
        return new ProbeException(node + " did not answer within " + limit.toSeconds() + " s", cause);
    }

    /**
     * Asks an agent and waits.
     *
     * @throws ProbeException if there is no answer; the message is for people
     */
    static <T> T call(
            @NonNull String node, @NonNull VirtualChannel channel, @NonNull Callable<T, ?> question, @NonNull Duration deadline)
            throws ProbeException {
        Future<T> answer = null;
        try {
            answer = channel.callAsync(question);
            return answer.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw failed(node, e.getCause());
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw late(node, deadline, e);
        } catch (IOException e) {
            throw failed(node, e);
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new ProbeException("Asking " + node + " was interrupted", e);
        }
    }

    private static ProbeException failed(String node, Throwable cause) {
        if (cause instanceof ProbeException) {
            return new ProbeException(ReportedText.reason(cause.getMessage()), cause);
        }
        if (cause instanceof RequestAbortedException
                || cause instanceof ChannelClosedException
                || cause instanceof ClosedChannelException) {
            return new AgentGoneException(node, cause);
        }
        return new ProbeException(node + " can't be asked: " + ReportedText.reason(cause.toString()), cause);
    }

    /** Why a stage failed, without the wrapping that it may have. */
    @NonNull
    static Throwable causeOf(@NonNull Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    @CheckForNull
    private static VirtualChannel channel(String node) {
        Computer computer = NodeNames.computer(node);
        return computer == null ? null : computer.getChannel();
    }
}
