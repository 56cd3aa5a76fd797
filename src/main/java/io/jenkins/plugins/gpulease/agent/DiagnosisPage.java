package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Computer;
import io.jenkins.plugins.gpulease.ActionListener;
import io.jenkins.plugins.gpulease.GpuPermissions;
import io.jenkins.plugins.gpulease.engine.device.ReadableTime;
import io.jenkins.plugins.gpulease.engine.doctor.Finding;
import io.jenkins.plugins.gpulease.engine.doctor.Severity;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.HttpResponses;
import org.kohsuke.stapler.StaplerProxy;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** The page "Diagnosis" of a node. It tells of the machine and of who uses it, so only who may manage its GPUs reads it. */
@Restricted(NoExternalUse.class)
public final class DiagnosisPage implements StaplerProxy {

    private final GpusAction gpus;

    DiagnosisPage(@NonNull GpusAction gpus) {
        this.gpus = gpus;
    }

    @Override
    public Object getTarget() {
        gpus.check(GpuPermissions.MANAGE);
        return this;
    }

    @NonNull
    public Computer getComputer() {
        return gpus.getComputer();
    }

    /** What the page shows: one state for all of it. */
    @NonNull
    public View getView() {
        return new View(Diagnoses.get().find(NodeNames.of(getComputer())), Instant.now());
    }

    /** Begins a diagnosis; the page tells what is found. */
    @RequirePOST
    public HttpResponse doStart() {
        if (Diagnoses.get().start(getComputer())) {
            ActionListener.tell(NodeNames.of(getComputer()), Messages.DiagnosisPage_begun());
        }
        return HttpResponses.redirectTo(".");
    }

    /**
     * A diagnosis as texts.
     *
     * @param diagnosis null if nobody has asked for one
     */
    public record View(@CheckForNull Diagnosis diagnosis, @NonNull Instant now) {

        public boolean running() {
            return diagnosis != null && diagnosis.isRunning();
        }

        /** How long ago it was begun; null if there is none. */
        @CheckForNull
        public String age() {
            return diagnosis == null ? null : ReadableTime.of(Duration.between(diagnosis.startedAt(), now));
        }

        /** Why there are no findings; null if there are, or will be. */
        @CheckForNull
        public String failure() {
            return diagnosis == null ? null : diagnosis.failure();
        }

        /** Worst first. */
        @NonNull
        public List<Row> rows() {
            List<Finding> findings = diagnosis == null ? null : diagnosis.findings();
            return findings == null ? List.of() : findings.stream().map(Row::new).toList();
        }

        /** How many problems and warnings there are. */
        @NonNull
        public String summary() {
            return Messages.DiagnosisPage_summary(count(Severity.PROBLEM), count(Severity.WARNING));
        }

        private long count(Severity severity) {
            return rows().stream().filter(row -> row.finding().severity() == severity).count();
        }
    }

    /** A line for a finding. */
    public record Row(@NonNull Finding finding) {

        @NonNull
        public String severity() {
            return switch (finding.severity()) {
                case PROBLEM -> Messages.DiagnosisPage_problem();
                case WARNING -> Messages.DiagnosisPage_warning();
                case INFO -> Messages.DiagnosisPage_info();
                case OK -> Messages.DiagnosisPage_ok();
            };
        }

        @NonNull
        public String symbol() {
            return switch (finding.severity()) {
                case PROBLEM -> "symbol-status-red";
                case WARNING -> "symbol-status-yellow";
                case INFO -> "symbol-information-circle";
                case OK -> "symbol-status-blue";
            };
        }
    }
}
