package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.remoting.VirtualChannel;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import jenkins.MasterToSlaveFileCallable;

/** Moves a file to another place in one step, whatever is there. Runs in the agent's JVM. */
final class Replace extends MasterToSlaveFileCallable<Void> {

    private static final long serialVersionUID = 1L;

    private final String target;

    Replace(@NonNull String target) {
        this.target = target;
    }

    @Override
    public Void invoke(File file, VirtualChannel channel) throws IOException {
        Files.move(file.toPath(), Path.of(target), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return null;
    }
}
