package io.jenkins.plugins.gpulease.engine.probe;

import io.jenkins.plugins.gpulease.engine.device.DeviceSource;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.host.HostLocks;
import io.jenkins.plugins.gpulease.engine.nvml.NvmlSource;
import io.jenkins.plugins.gpulease.engine.simulation.SimulatedLoad;
import io.jenkins.plugins.gpulease.engine.simulation.SimulatedSource;
import io.jenkins.plugins.gpulease.engine.simulation.SimulationSpec;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * The probe's process: answers requests that come on its standard input, and ends when that closes, so with whoever started it.
 * Everything that is printed goes to its standard error; its standard output is for answers.
 */
public final class ProbeMain {

    private static final int ENDED = 0;
    private static final int BROKEN_PIPE = 1;
    private static final int WRONG_ARGUMENTS = 2;

    /** Reach all processes of a terminal; whoever started the probe decides what they mean, and closes its input. */
    private static final List<String> END_OF_A_TERMINAL = List.of("INT", "HUP");

    private ProbeMain() {}

    /** @param args {@code --library PATH --simulate SPEC --loads FOLDER --locks FOLDER --salt TEXT --idle-memory SIZE}, all optional */
    public static void main(String[] args) {
        END_OF_A_TERMINAL.forEach(ProbeMain::ignore);
        OutputStream replies = new FileOutputStream(FileDescriptor.out);
        System.setOut(System.err);
        // Halted, not exited: a thread that hangs in the driver must not hold up the end, and there is nothing to tidy.
        Runtime.getRuntime().halt(run(args, replies));
    }

    private static void ignore(String signal) {
        try {
            Signal.handle(new Signal(signal), SignalHandler.SIG_IGN);
        } catch (IllegalArgumentException e) {
            // this platform doesn't have it, or the JVM was told to leave it alone
        }
    }

    private static int run(String[] args, OutputStream replies) {
        DataInputStream requests = new DataInputStream(new BufferedInputStream(new FileInputStream(FileDescriptor.in)));
        try {
            ProbeService service = service(ProbeArguments.parse(args));
            new ProbeServer(service, service.faults(), requests, replies).serve();
            return ENDED;
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            return WRONG_ARGUMENTS;
        } catch (IOException e) {
            System.err.println("The probe ends, as the pipe to it broke: " + e.getMessage());
            return BROKEN_PIPE;
        }
    }

    private static ProbeService service(ProbeArguments arguments) {
        Path locks = arguments.locks() == null ? HostLocks.defaultFolder() : arguments.locks();
        MemorySize idle = arguments.idleMemory() == null
                ? IdleMemory.choose(System.getenv(), System.getProperties())
                : arguments.idleMemory();
        return new ProbeService(source(arguments), new HostLocks(locks), idle);
    }

    private static DeviceSource source(ProbeArguments arguments) {
        if (arguments.simulation() == null) {
            return new NvmlSource(arguments.library() == null ? null : arguments.library().toString());
        }
        Path loads = arguments.loads() == null ? SimulatedLoad.defaultFolder() : arguments.loads();
        return new SimulatedSource(SimulationSpec.parse(arguments.simulation()), loads, arguments.salt());
    }
}
