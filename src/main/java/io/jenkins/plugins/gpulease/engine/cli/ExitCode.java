package io.jenkins.plugins.gpulease.engine.cli;

/** Exit codes. Those from 125 on follow {@code docker run}, {@code env} and the shells, since {@code run} ends with its command's. */
final class ExitCode {

    static final int OK = 0;

    /** The devices can't be read. */
    static final int FAILED = 1;

    /** A wrong call. */
    static final int USAGE = 2;

    /** {@code run} didn't get GPUs in time; another attempt may (sysexits' EX_TEMPFAIL). */
    static final int BUSY = 75;

    /** {@code run} failed before its command started. */
    static final int NOT_RUN = 125;

    /** The command is there but can't be started. */
    static final int NOT_STARTABLE = 126;

    static final int NOT_FOUND = 127;

    /** Plus the number of the signal that ended the command. */
    static final int SIGNAL = 128;

    private ExitCode() {}
}
