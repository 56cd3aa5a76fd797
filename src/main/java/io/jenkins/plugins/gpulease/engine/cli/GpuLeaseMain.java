package io.jenkins.plugins.gpulease.engine.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.logging.LogManager;

/** Entry point of {@code gpu-lease.jar}. */
public final class GpuLeaseMain {

    private static final String HELP = """
            gpu-lease COMMAND [OPTION…]

            Leases specific GPUs of this host to a command, together with everybody else who leases there: other shells and Jenkins.

              list    what GPUs there are, what they do, and who has them
              run     run a command with GPUs of its own
              watch   the list, live
              demo    a dozen jobs that contend for simulated GPUs
              doctor  why the GPUs aren't seen, and what to do

            'gpu-lease COMMAND --help' tells the options of a command. With '--simulate 4xH100:80GB' all but doctor work without
            hardware; doctor looks at what there is.""";

    private static final Map<String, Supplier<Command>> COMMANDS = new LinkedHashMap<>();

    static {
        COMMANDS.put("list", ListCommand::new);
        COMMANDS.put("run", RunCommand::new);
        COMMANDS.put("watch", WatchCommand::new);
        COMMANDS.put("demo", DemoCommand::new);
        COMMANDS.put("doctor", DoctorCommand::new);
    }

    private GpuLeaseMain() {}

    public static void main(String[] arguments) {
        LogManager.getLogManager().reset(); // what a person needs to know is printed
        speakUnicode();
        System.exit(execute(Arrays.asList(arguments)));
    }

    /** The locale 'C', as services and containers have it, says nothing about the terminal. */
    private static void speakUnicode() {
        if (Charset.defaultCharset().equals(StandardCharsets.US_ASCII)) {
            System.setOut(new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8));
        }
    }

    private static int execute(List<String> arguments) {
        if (arguments.isEmpty()) {
            return complain("gpu-lease", "a command is missing; allowed are " + COMMANDS.keySet(), "gpu-lease");
        }
        String name = arguments.get(0);
        if (name.equals("--help") || name.equals("-h") || name.equals("help")) {
            System.out.println(HELP);
            return ExitCode.OK;
        }
        Supplier<Command> command = COMMANDS.get(name);
        return command == null
                ? complain("gpu-lease", "'" + name + "' is not a command; allowed are " + COMMANDS.keySet(), "gpu-lease")
                : execute("gpu-lease " + name, command.get(), arguments.subList(1, arguments.size()));
    }

    private static int execute(String name, Command command, List<String> arguments) {
        try {
            return command.execute(arguments);
        } catch (UsageException e) {
            return complain(name, e.getMessage(), name);
        } catch (CommandException e) {
            System.err.println(name + ": " + e.getMessage());
            return e.exitCode();
        } catch (InterruptedException e) {
            return ExitCode.FAILED;
        } catch (Exception e) {
            System.err.println(name + ": unexpected failure; please report it with what follows");
            e.printStackTrace();
            return ExitCode.FAILED;
        }
    }

    private static int complain(String name, String message, String help) {
        System.err.println(name + ": " + message);
        System.err.println("See '" + help + " --help'.");
        return ExitCode.USAGE;
    }
}
