package io.jenkins.plugins.gpulease.engine.cli;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.doctor.Finding;
import io.jenkins.plugins.gpulease.engine.doctor.Severity;
import java.util.List;
import java.util.Locale;
import org.json.JSONArray;
import org.json.JSONObject;

/** Findings as JSON. Where there is nothing to be done, the cure is null. */
final class DoctorJson {

    private static final int INDENT = 2;

    private DoctorJson() {}

    @NonNull
    static String text(@NonNull List<Finding> findings) {
        JSONArray array = new JSONArray();
        findings.forEach(finding -> array.put(json(finding)));
        JSONObject json = new JSONObject();
        json.put("problems", count(findings, Severity.PROBLEM));
        json.put("warnings", count(findings, Severity.WARNING));
        return json.put("findings", array).toString(INDENT);
    }

    private static JSONObject json(Finding finding) {
        JSONObject json = new JSONObject();
        json.put("severity", finding.severity().name().toLowerCase(Locale.ROOT));
        json.put("topic", finding.topic());
        json.put("found", finding.found());
        return json.put("cure", finding.cure() == null ? JSONObject.NULL : finding.cure());
    }

    private static long count(List<Finding> findings, Severity severity) {
        return findings.stream().filter(finding -> finding.severity() == severity).count();
    }
}
