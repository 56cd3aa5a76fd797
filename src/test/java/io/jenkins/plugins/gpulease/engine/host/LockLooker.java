package io.jenkins.plugins.gpulease.engine.host;

import java.nio.file.Path;
import java.util.List;

/** A process that looks who holds a device, again and again, until its input ends. */
public final class LockLooker {

    private LockLooker() {}

    public static void main(String[] arguments) throws Exception {
        HostLocks locks = new HostLocks(Path.of(arguments[0]));
        System.out.println("looking");
        while (System.in.available() == 0) {
            locks.holders(List.of(arguments[1]));
        }
    }
}
