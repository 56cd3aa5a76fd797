package io.jenkins.plugins.gpulease.dashboard;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.Eventually;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.json.JSONArray;
import org.json.JSONObject;

/** A tab of a browser, 1280 × 800 pixels, and what a person does in it. */
final class BrowserTab implements AutoCloseable {

    static final int WIDTH = 1280;

    static final int HEIGHT = 800;

    private final DevTools tools;
    private final String session;
    private final String context;

    BrowserTab(@NonNull DevTools tools, @NonNull String session, @NonNull String context) throws Exception {
        this.tools = tools;
        this.session = session;
        this.context = context;
        call("Page.enable", new JSONObject());
        call("Emulation.setFocusEmulationEnabled", new JSONObject().put("enabled", true));
        call("Emulation.setDeviceMetricsOverride", new JSONObject()
                .put("width", WIDTH).put("height", HEIGHT).put("deviceScaleFactor", 1).put("mobile", false));
    }

    private JSONObject call(String method, JSONObject parameters) throws Exception {
        return tools.call(session, method, parameters);
    }

    /** A script that runs in each document before any other. */
    void beforeEachDocument(@NonNull String script) throws Exception {
        call("Page.addScriptToEvaluateOnNewDocument", new JSONObject().put("source", script));
    }

    void open(@NonNull String url) throws Exception {
        evaluate("window.isOld = true");
        call("Page.navigate", new JSONObject().put("url", url));
        awaitLoaded();
    }

    private void awaitLoaded() throws Exception {
        await("the page is loaded", "!window.isOld && document.readyState === 'complete'");
    }

    /** By the form of a Jenkins in which a user's password is the user's name. */
    void logIn(@NonNull String jenkins, @NonNull String user) throws Exception {
        open(jenkins + "login");
        evaluate("window.isOld = true; for (const name of ['j_username', 'j_password'])"
                + " document.querySelector('[name=' + name + ']').value = " + JSONObject.quote(user) + ";"
                + "document.querySelector('[name=j_username]').form.submit()");
        awaitLoaded();
    }

    /**
     * The value of an expression: a string, number, boolean, {@link JSONArray}, {@link JSONObject} or null.
     *
     * @throws IllegalStateException if it throws, or there is another document by now
     */
    Object evaluate(@NonNull String expression) throws Exception {
        JSONObject answer = call("Runtime.evaluate",
                new JSONObject().put("expression", expression).put("returnByValue", true).put("awaitPromise", true));
        if (answer.has("exceptionDetails")) {
            throw new IllegalStateException(expression + ": " + answer.get("exceptionDetails"));
        }
        return answer.getJSONObject("result").opt("value");
    }

    @NonNull
    JSONArray list(@NonNull String expression) throws Exception {
        return (JSONArray) evaluate(expression);
    }

    /** The text of the first element that a selector matches, as it is seen; empty if none does. */
    @NonNull
    String text(@NonNull String selector) throws Exception {
        return (String) evaluate("(document.querySelector(" + JSONObject.quote(selector) + ") || {innerText: ''}).innerText");
    }

    /** Waits until an expression is true. */
    void await(@NonNull String what, @NonNull String expression) throws Exception {
        Eventually.await(what, () -> {
            try {
                return Boolean.TRUE.equals(evaluate("Boolean(" + expression + ")"));
            } catch (IllegalStateException e) {
                return false; // the document changes just now
            }
        });
    }

    /** Waits until the text of an element contains something. */
    void awaitText(@NonNull String selector, @NonNull String part) throws Exception {
        await(selector + " says '" + part + "'", "(document.querySelector(" + JSONObject.quote(selector)
                + ") || {innerText: ''}).innerText.includes(" + JSONObject.quote(part) + ")");
    }

    void click(@NonNull String selector) throws Exception {
        String quoted = JSONObject.quote(selector);
        await(selector + " can be clicked", "document.querySelector(" + quoted + ") && !document.querySelector(" + quoted + ").disabled");
        evaluate("document.querySelector(" + quoted + ").click()");
    }

    /** Types into what has the focus. */
    void type(@NonNull String text) throws Exception {
        call("Input.insertText", new JSONObject().put("text", text));
    }

    void pressTab() throws Exception {
        press(new JSONObject().put("key", "Tab").put("code", "Tab").put("windowsVirtualKeyCode", 9));
    }

    void pressEnter() throws Exception {
        press(new JSONObject().put("key", "Enter").put("code", "Enter").put("windowsVirtualKeyCode", 13).put("text", "\r"));
    }

    private void press(JSONObject key) throws Exception {
        call("Input.dispatchKeyEvent", key.put("type", "keyDown"));
        call("Input.dispatchKeyEvent", key.put("type", "keyUp"));
    }

    /** Has pages believe that the user prefers {@code light} or {@code dark}. */
    void prefer(@NonNull String scheme) throws Exception {
        JSONObject feature = new JSONObject().put("name", "prefers-color-scheme").put("value", scheme);
        call("Emulation.setEmulatedMedia", new JSONObject().put("features", new JSONArray().put(feature)));
    }

    /** Writes what is seen as a PNG. */
    void photograph(@NonNull Path file) throws Exception {
        String data = call("Page.captureScreenshot", new JSONObject().put("format", "png")).getString("data");
        Files.createDirectories(file.getParent());
        Files.write(file, Base64.getDecoder().decode(data));
    }

    @Override
    public void close() throws Exception {
        tools.call(null, "Target.disposeBrowserContext", new JSONObject().put("browserContextId", context));
    }
}
