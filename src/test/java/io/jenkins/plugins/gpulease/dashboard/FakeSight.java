package io.jenkins.plugins.gpulease.dashboard;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.Set;

/** A reader who may see all nodes but some, and the builds of some jobs. */
record FakeSight(boolean isUnlimited, @NonNull Set<String> hiddenNodes, @NonNull Set<String> jobs, boolean told) implements Sight {

    static final FakeSight ALL = new FakeSight(true, Set.of(), Set.of(), true);

    @Override
    public boolean sees(String node) {
        return !hiddenNodes.contains(node);
    }

    @Override
    public boolean isTold(String node) {
        return told;
    }

    @Override
    public boolean sees(HolderJob job) {
        return job.fullName() != null && jobs.contains(job.fullName());
    }

    @Override
    public boolean manages(String node) {
        return false;
    }

    @Override
    public boolean seesFloating() {
        return true;
    }
}
