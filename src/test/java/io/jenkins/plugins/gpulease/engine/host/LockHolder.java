package io.jenkins.plugins.gpulease.engine.host;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A process that tries to lock devices, tells what came of it in one line, and holds them until its input ends. */
public final class LockHolder {

    private LockHolder() {}

    public static void main(String[] arguments) throws Exception {
        List<String> uuids = Arrays.asList(arguments).subList(2, arguments.length);
        try (HostLocks locks = new HostLocks(Path.of(arguments[0]))) {
            Map<String, String> conflicts = locks.tryLock("lease of " + arguments[1], arguments[1], uuids);
            System.out.println(conflicts.isEmpty() ? "locked" : "conflict " + conflicts);
            while (System.in.read() >= 0) {
                // held until the input ends
            }
        }
    }
}
