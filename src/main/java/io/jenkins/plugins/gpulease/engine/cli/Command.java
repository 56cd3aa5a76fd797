package io.jenkins.plugins.gpulease.engine.cli;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.StringWriter;
import java.util.List;
import java.util.function.Function;
import org.kohsuke.args4j.CmdLineException;
import org.kohsuke.args4j.CmdLineParser;
import org.kohsuke.args4j.Option;
import org.kohsuke.args4j.ParserProperties;

/** A command of {@code gpu-lease} with its options. One object runs once. */
abstract class Command {

    private static final int HELP_WIDTH = 110;

    @Option(name = "--help", aliases = "-h", help = true, usage = "show this help")
    private boolean help;

    /** What follows {@code --}; null if there is no {@code --}. */
    private List<String> program;

    /** Does what the command is there for. */
    abstract int run() throws Exception;

    /** How it is called, what it does, and its exit codes, for the help. */
    @NonNull
    abstract String description();

    /** Calls to copy, one a line. */
    @NonNull
    abstract List<String> examples();

    /**
     * Reads the options, then runs.
     *
     * @param arguments what follows the command's name
     * @return exit code
     */
    final int execute(@NonNull List<String> arguments) throws Exception {
        int dashes = arguments.indexOf("--");
        program = dashes < 0 ? null : List.copyOf(arguments.subList(dashes + 1, arguments.size()));
        CmdLineParser parser = new CmdLineParser(this, ParserProperties.defaults().withUsageWidth(HELP_WIDTH).withShowDefaults(false));
        try {
            parser.parseArgument(dashes < 0 ? arguments : arguments.subList(0, dashes));
        } catch (CmdLineException e) {
            throw new UsageException(e.getMessage());
        }
        if (help) {
            System.out.println(helpText(parser));
            return ExitCode.OK;
        }
        return run();
    }

    private String helpText(CmdLineParser parser) {
        StringWriter options = new StringWriter();
        parser.printUsage(options, null);
        return description() + "\n\nOptions:\n" + options.toString().stripTrailing() + "\n\nExamples:\n  "
                + String.join("\n  ", examples());
    }

    @CheckForNull
    final List<String> program() {
        return program;
    }

    /** For commands that start no other. */
    final void refuseProgram() throws UsageException {
        if (program != null) {
            throw new UsageException("'--' is for 'gpu-lease run' only");
        }
    }

    /** Reads an option's value; null stays null. */
    @CheckForNull
    static <T> T parse(@NonNull String option, @CheckForNull String value, @NonNull Function<String, T> parser)
            throws UsageException {
        try {
            return value == null ? null : parser.apply(value);
        } catch (IllegalArgumentException e) {
            throw new UsageException(option + ": " + e.getMessage());
        }
    }

    /** Reads an option that is a whole number. */
    static int parseNumber(@NonNull String option, @NonNull String value, int least, int most) throws UsageException {
        Integer number = parse(option, value, text -> {
            if (!text.matches("\\d{1,9}") || Integer.parseInt(text) < least || Integer.parseInt(text) > most) {
                throw new IllegalArgumentException("'" + text + "' is not allowed; write a whole number from " + least + " to " + most);
            }
            return Integer.valueOf(text);
        });
        return number;
    }
}
