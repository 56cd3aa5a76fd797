package io.jenkins.plugins.gpulease.engine.usage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder like {@code /proc}, for tests. */
public final class ProcFolder {

    private final Path folder;

    public ProcFolder(Path folder) {
        this.folder = folder;
    }

    public ProcessLeases leases() {
        return new ProcessLeases(folder);
    }

    /** A process of a lease, started by process 1. */
    public ProcFolder inLease(long pid, String lease) {
        return process(pid, 1, "PATH=/bin", "GPU_LEASE_ID=" + lease, "HOME=/root");
    }

    public ProcFolder process(long pid, long parent, String... environment) {
        write(pid, "environ", String.join("\0", environment) + "\0");
        return anotherUsers(pid, parent);
    }

    /** One whose environment can't be read. */
    public ProcFolder anotherUsers(long pid, long parent) {
        write(pid, "stat", pid + " (a) name) S " + parent + " 1 1 0 -1 4194304");
        return this;
    }

    private void write(long pid, String name, String text) {
        try {
            Files.writeString(Files.createDirectories(folder.resolve(Long.toString(pid))).resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
