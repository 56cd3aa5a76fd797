package io.jenkins.plugins.gpulease.report;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Item;
import hudson.model.Job;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import jenkins.model.Jenkins;
import org.springframework.security.access.AccessDeniedException;

/** Which jobs the current user may know of. For one request; not thread-safe. */
final class JobNames {

    private final boolean unlimited = Jenkins.get().hasPermission(Jenkins.ADMINISTER);
    private final Map<String, Optional<Job<?, ?>>> jobs = new HashMap<>();

    /** The name of a job; null for one that the reader may not see. One that is gone has a name for administrators only. */
    @CheckForNull
    String name(@NonNull String fullName) {
        return unlimited || find(fullName) != null ? fullName : null;
    }

    /** The page of a job, relative to Jenkins' root; null if the reader may not see it, or it is gone. */
    @CheckForNull
    String url(@NonNull String fullName) {
        Job<?, ?> job = find(fullName);
        return job == null ? null : job.getUrl();
    }

    @CheckForNull
    private Job<?, ?> find(String fullName) {
        return jobs.computeIfAbsent(fullName, JobNames::look).orElse(null);
    }

    private static Optional<Job<?, ?>> look(String fullName) {
        try {
            Job<?, ?> job = Jenkins.get().getItemByFullName(fullName, Job.class);
            return job != null && job.hasPermission(Item.READ) ? Optional.of(job) : Optional.empty();
        } catch (AccessDeniedException e) { // may know that it is there, but no more
            return Optional.empty();
        }
    }
}
