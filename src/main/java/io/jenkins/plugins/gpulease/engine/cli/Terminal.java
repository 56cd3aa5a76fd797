package io.jenkins.plugins.gpulease.engine.cli;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.Closeable;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A full screen of text that is drawn again and again, on a terminal that knows ANSI's control sequences (ECMA-48). The screen
 * from before comes back when it is closed or the process ends.
 */
final class Terminal implements Closeable {

    private static final String ENTER = "\u001b[?1049h\u001b[?25l"; // alternate screen, no cursor
    private static final String LEAVE = "\u001b[?25h\u001b[?1049l";
    private static final String HOME = "\u001b[H";
    private static final String CLEAR_LINE = "\u001b[K";
    private static final String CLEAR_REST = "\u001b[J";

    private final PrintStream out = System.out;
    private final String settings = stty("-g");
    private final Thread restore = new Thread(this::leave, "terminal");
    private final int rows;
    private final int columns;

    Terminal() {
        String[] size = stty("size").split(" ");
        boolean known = size.length == 2 && !size[0].equals("0");
        rows = known ? Integer.parseInt(size[0]) : 24;
        columns = known ? Integer.parseInt(size[1]) : 80;
        Runtime.getRuntime().addShutdownHook(restore);
        stty("-icanon -echo");
        out.print(ENTER);
    }

    /** Whether there is one, for input and output. */
    static boolean isThere() {
        String kind = System.getenv("TERM");
        return System.console() != null && kind != null && !kind.equals("dumb");
    }

    /** Replaces what is on the screen; what doesn't fit is cut off. */
    void show(@NonNull List<String> lines) {
        StringBuilder screen = new StringBuilder(HOME);
        lines.stream().limit(rows - 1L).forEach(line -> screen.append(cut(line)).append(CLEAR_LINE).append('\n'));
        out.print(screen.append(CLEAR_REST));
        out.flush();
    }

    private String cut(String line) {
        return line.length() <= columns ? line : line.substring(0, columns - 1) + "…";
    }

    /** Waits, at most so long, for the key that ends the view. */
    boolean quitTyped(long millis) throws IOException, InterruptedException {
        for (long end = System.currentTimeMillis() + millis; System.currentTimeMillis() < end; Thread.sleep(Math.min(50, millis))) {
            while (System.in.available() > 0) {
                if (Character.toLowerCase(System.in.read()) == 'q') {
                    return true;
                }
            }
        }
        return false;
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(restore);
            leave();
        } catch (IllegalStateException e) {
            // the process ends, and the hook does it
        }
    }

    private void leave() {
        out.print(LEAVE);
        out.flush();
        stty(settings);
    }

    /** Empty if this host has no stty; keys then need Enter. */
    private static String stty(String arguments) {
        try {
            Process stty = new ProcessBuilder("sh", "-c", "stty " + arguments + " < /dev/tty").start();
            String answer = new String(stty.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
            return stty.waitFor() == 0 ? answer : "";
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
