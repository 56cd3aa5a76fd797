package io.jenkins.plugins.gpulease.dashboard;

import edu.umd.cs.findbugs.annotations.NonNull;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.StaplerResponse2;

/** Answers in JSON to the pages' script. */
final class Answers {

    private Answers() {}

    /** Does something and answers with the sentence that it ends with; with status 400 and the reason if it was asked for wrongly. */
    @NonNull
    static HttpResponse to(@NonNull Callable<String> action) throws IOException {
        try {
            return json(HttpServletResponse.SC_OK, new JsonText().put("done", action.call()).end());
        } catch (IllegalArgumentException e) {
            return json(HttpServletResponse.SC_BAD_REQUEST, new JsonText().put("error", e.getMessage()).end());
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    @NonNull
    static HttpResponse json(int status, @NonNull String json) {
        return new Json(status, json);
    }

    private record Json(int status, String json) implements HttpResponse {

        @Override
        public void generateResponse(StaplerRequest2 request, StaplerResponse2 response, Object node) throws IOException {
            response.setStatus(status);
            write(response, json.getBytes(StandardCharsets.UTF_8));
        }
    }

    static void write(@NonNull HttpServletResponse response, @NonNull byte[] json) throws IOException {
        response.setContentType("application/json;charset=UTF-8");
        response.setHeader("Cache-Control", "private, no-cache");
        response.setContentLength(json.length);
        response.getOutputStream().write(json);
    }
}
