package io.jenkins.plugins.gpulease.engine.cli;

import static org.junit.Assert.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.Test;
import sun.misc.Signal;

public class SignalRelayTest {

    private final List<Integer> exits = new ArrayList<>();

    private SignalRelay relay(Duration grace) {
        return new SignalRelay(exits::add, grace);
    }

    private static void runToItsEnd(SignalRelay relay) throws Exception {
        relay.start(new ProcessBuilder("true")).onExit().get();
    }

    @Test
    public void beforeTheCommandASignalEndsTheProcess() {
        relay(Duration.ZERO).handle(new Signal("TERM"));
        assertEquals(List.of(143), exits);
    }

    @Test
    public void afterTheCommandASignalEndsTheProcess() throws Exception {
        SignalRelay relay = relay(Duration.ZERO);
        runToItsEnd(relay);
        while (exits.isEmpty()) { // the end is noted on another thread
            relay.handle(new Signal("INT"));
        }
        assertEquals(List.of(130), exits);
    }

    @Test
    public void aSignalThatEndedTheCommandDoesNotEndTheProcessToo() throws Exception {
        SignalRelay relay = relay(Duration.ofMinutes(1));
        runToItsEnd(relay);
        relay.handle(new Signal("INT"));
        assertEquals(List.of(), exits);
    }
}
