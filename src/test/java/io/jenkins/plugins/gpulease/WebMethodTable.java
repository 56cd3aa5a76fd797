package io.jenkins.plugins.gpulease;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.gpulease.agent.GpuNodeProperty;
import io.jenkins.plugins.gpulease.config.AutoMemoryConfig;
import io.jenkins.plugins.gpulease.config.GpuLeaseConfiguration;
import io.jenkins.plugins.gpulease.config.UsageHintsConfig;
import io.jenkins.plugins.gpulease.declarative.GpuAgent;
import io.jenkins.plugins.gpulease.pipeline.GpuInfoStep;
import io.jenkins.plugins.gpulease.request.GpuParametersBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Everything that can be asked for by URL, and what becomes of it for whom. */
final class WebMethodTable {

    static final String NODE = "gpu-agent";

    /** The empty one is nobody in particular. Everybody else may see Jenkins (Overall/Read). */
    static final List<String> USERS = List.of("", "reader", "builder", "viewer", "manager", "admin");

    static final Set<String> MAY_READ_JOBS = Set.of("builder", "admin");

    // status by user:                           ""  read build view manage admin
    private static final String READERS =       "403 200 200 200 200 200";
    private static final String MANAGERS =      "403 403 403 403 200 200";
    private static final String MANAGERS_MOVE = "403 403 403 403 302 302";
    private static final String ADMINS =        "403 403 403 403 403 200";
    private static final String JOB_READERS =   "403 404 200 404 404 200";

    /** A view that is only a part of others: Jenkins serves it to nobody on its own. */
    private static final String NOBODY =        "403 404 404 404 404 404";

    /** How the answer of a check of a form begins that has something to say. */
    private static final String COMPLAINT = "<div class=";

    /**
     * A request.
     *
     * @param of what it is about, as {@link WebMethods} names it; several are separated by spaces
     * @param path {@code LEASE}, {@code WAITS}, {@code IDLE} and {@code DRAINED} stand for ids of the moment
     * @param statuses by user
     * @param mark what the answer of the users contains who are told, and nobody else's; null for nothing in particular
     */
    record Row(String of, String method, String path, String statuses, @CheckForNull String mark, Set<String> told) {

        boolean isPost() {
            return method.equals("POST");
        }

        /** Whether it does something that is written into the log. */
        boolean isAction() {
            return isPost() && mark == null;
        }

        int status(String user) {
            return Integer.parseInt(statuses.split(" ")[USERS.indexOf(user)]);
        }

        @Override
        public String toString() {
            return method + " " + path + " (" + of + ")";
        }
    }

    private static Row get(String of, String path, String statuses) {
        return new Row(of, "GET", path, statuses, null, Set.of());
    }

    /** A page or data with names of builds, which only some may read. */
    private static Row names(String of, String path, String statuses) {
        return new Row(of, "GET", path, statuses, "secret #", MAY_READ_JOBS);
    }

    /** An action, which writes into the log who did what. */
    private static Row action(String of, String path, String statuses) {
        return new Row(of, "POST", path, statuses, null, Set.of());
    }

    /** The check of a field with a bad value, of which only administrators are told. */
    private static Row check(String of, String context, Class<?> describable, String check, String statuses) {
        String path = context + "descriptorByName/" + describable.getName() + "/" + check;
        return new Row(of, "POST", path, statuses, COMPLAINT, Set.of("admin"));
    }

    static final List<Row> ROWS =
            Stream.of(pages(), actions(), settings(), parameters()).flatMap(List::stream).toList();

    private static List<Row> pages() {
        return List.of(
                get("GpusRootAction/index", "gpu-leases/", READERS),
                get("GpusRootAction/_api", "gpu-leases/api/", READERS),
                names("GpusRootAction.getApi", "gpu-leases/api/json?depth=3", READERS),
                names("GpusRootAction.getApi", "gpu-leases/api/xml?depth=3", READERS),
                names("GpusRootAction.doLive", "gpu-leases/live", READERS),
                names("GpusRootAction.doLive", "gpu-leases/live?node=" + NODE, READERS),
                get("GpusRootAction.doExplain", "gpu-leases/explain?id=WAITS", JOB_READERS),
                get("GpusRootAction.getReport FleetReportPage/index", "gpu-leases/report/", READERS),
                get("FleetReportPage/report", "gpu-leases/report/report", NOBODY),
                get("FleetReportPage/jobs", "gpu-leases/report/jobs", NOBODY),
                get("FleetReportPage.getApi", "gpu-leases/report/api/json", READERS),
                get("GpusAction/index", "computer/" + NODE + "/gpus/", READERS),
                get("GpusAction.getDiagnosis DiagnosisPage/index", "computer/" + NODE + "/gpus/diagnosis/", MANAGERS),
                get("GpuLeasesAction/index", "job/secret/1/gpu-leases/", JOB_READERS),
                get("GpuLeasesAction/leases", "job/secret/1/gpu-leases/leases", NOBODY),
                get("GpuLeasesAction.doCurrent", "job/secret/1/gpu-leases/current", JOB_READERS),
                get("GpuLeasesAction/badge", "job/secret/1/gpu-leases/badge", NOBODY),
                get("GpuLeasesAction.getApi", "job/secret/1/gpu-leases/api/json", JOB_READERS),
                get("GpuTrendAction/index", "job/secret/gpu-usage/", JOB_READERS),
                get("GpuTrendAction/floatingBox", "job/secret/gpu-usage/floatingBox", NOBODY),
                get("GpuTrendAction/content", "job/secret/gpu-usage/content", JOB_READERS),
                get("GpuTrendAction/chart", "job/secret/gpu-usage/chart", JOB_READERS));
    }

    private static List<Row> actions() {
        return List.of(
                action("GpusRootAction.doRelease", "gpu-leases/release?lease=LEASE", MANAGERS),
                action("GpusRootAction.doDrain", "gpu-leases/drain?reason=fan&device=IDLE", MANAGERS),
                action("GpusRootAction.doUndrain", "gpu-leases/undrain?device=DRAINED", MANAGERS),
                action("GpusAction.doRescan", "computer/" + NODE + "/gpus/rescan", MANAGERS_MOVE),
                action("DiagnosisPage.doStart", "computer/" + NODE + "/gpus/diagnosis/start", MANAGERS_MOVE));
    }

    /** Of a node, which may be new, and of all of Jenkins. */
    private static List<Row> settings() {
        List<Row> rows = new ArrayList<>();
        for (String check : List.of(
                "Discovery?value=false", "Exclude?value=H100", "HostCoordination?value=false", "Indices?value=true",
                "LibraryPath?value=x.so", "SimulatedGpus?value=four", "SharingMargin?value=512", "AutoMemoryFallback?value=512")) {
            rows.add(setting(GpuNodeProperty.class, "computer/" + NODE + "/", check));
            rows.add(setting(GpuNodeProperty.class, "", check));
        }
        for (String check : List.of("LeastSeconds", "MemoryPercent", "UtilizationPercent", "ThrottledPercent")) {
            rows.add(setting(UsageHintsConfig.class, "", check + "?value=x"));
        }
        for (String check : List.of("Fallback", "MarginPercent", "Builds")) {
            rows.add(setting(AutoMemoryConfig.class, "", check + "?value=x"));
        }
        for (String check : List.of("MaxOvertakes", "Ageing")) {
            rows.add(setting(GpuLeaseConfiguration.class, "", check + "?value=x"));
        }
        return rows;
    }

    private static Row setting(Class<?> describable, String context, String check) {
        String of = describable.getSimpleName() + ".doCheck" + check.substring(0, check.indexOf('?'));
        return check(of, context, describable, "check" + check, ADMINS);
    }

    /** Of what asks for GPUs: in the configuration of a job, and in the generators of Pipeline code. */
    private static List<Row> parameters() {
        List<Row> rows = new ArrayList<>();
        for (String check : List.of(
                "Count?value=0", "MinMemory?value=16", "Model?value=(", "MinComputeCapability?value=x", "MinDriver?value=x", "Cuda?value=x",
                "Mig?value=?", "Shared?value=true", "Timeout?value=x", "Priority?value=x")) {
            rows.addAll(parameter("GpuParametersDescriptor", GpuParametersBean.class, check));
        }
        rows.addAll(parameter("GpuAgent", GpuAgent.class, "Label?value=||"));
        rows.addAll(parameter("GpuInfoStep", GpuInfoStep.class, "Node?value=nowhere"));
        return rows;
    }

    private static List<Row> parameter(String type, Class<?> describable, String check) {
        String of = type + ".doCheck" + check.substring(0, check.indexOf('?'));
        String encoded = "check" + check.replace("(", "%28").replace("|", "%7C").replace("=?", "=%3F");
        return List.of(
                check(of, "", describable, encoded, READERS), check(of, "job/secret/", describable, encoded, JOB_READERS));
    }

    private WebMethodTable() {}
}
