package io.jenkins.plugins.gpulease.engine.doctor;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.List;

/** Whether leases can be locked on this host. */
final class LockCheck implements Check {

    @NonNull
    @Override
    public String topic() {
        return "Locks";
    }

    @Override
    public boolean isForLinux() {
        return false;
    }

    @NonNull
    @Override
    public List<Finding> examine(@NonNull Machine machine) {
        String why = machine.use().locksProblem();
        return List.of(why == null
                ? ok("GPUs can be locked on this host")
                : problem("GPUs can't be locked on this host, so none can be leased: " + why,
                        "Let root make the folder for everybody ('install -d -m 1777 FOLDER'), or name another one in"
                                + " GPU_LEASE_LOCKS."));
    }
}
