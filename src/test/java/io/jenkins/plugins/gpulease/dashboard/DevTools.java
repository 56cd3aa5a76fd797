package io.jenkins.plugins.gpulease.dashboard;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.json.JSONObject;

/** Commands of the Chrome DevTools Protocol, version 1.3, over one connection to a browser. */
final class DevTools implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 60;

    private final AtomicInteger ids = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JSONObject>> asked = new ConcurrentHashMap<>();
    private final WebSocket socket;

    DevTools(@NonNull URI address) throws Exception {
        socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(address, new Answers())
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /**
     * Sends a command and waits for its result.
     *
     * @param session of a tab; null for the browser itself
     * @throws IllegalStateException if the browser refuses it
     */
    @NonNull
    JSONObject call(@CheckForNull String session, @NonNull String method, @NonNull JSONObject parameters) throws Exception {
        int id = ids.incrementAndGet();
        CompletableFuture<JSONObject> answer = new CompletableFuture<>();
        asked.put(id, answer);
        String text = new JSONObject()
                .put("id", id)
                .put("method", method)
                .put("params", parameters)
                .putOpt("sessionId", session)
                .toString();
        synchronized (socket) {
            socket.sendText(text, true).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
        JSONObject answered = answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (answered.has("error")) {
            throw new IllegalStateException(method + ": " + answered.get("error"));
        }
        return answered.getJSONObject("result");
    }

    @Override
    public void close() {
        socket.abort();
    }

    /** Events are of no interest here: what is waited for is asked for. */
    private final class Answers implements WebSocket.Listener {

        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                JSONObject message = new JSONObject(text.toString());
                text.setLength(0);
                CompletableFuture<JSONObject> answer = asked.remove(message.optInt("id"));
                if (answer != null) {
                    answer.complete(message);
                }
            }
            from.request(1);
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable failure) {
            asked.values().forEach(answer -> answer.completeExceptionally(failure));
        }
    }
}
