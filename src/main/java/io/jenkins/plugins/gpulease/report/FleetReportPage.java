package io.jenkins.plugins.gpulease.report;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Api;
import hudson.model.ModelObject;
import java.time.Duration;
import java.util.List;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/**
 * The page "Report" on the fleet of GPUs, and its REST data. Whoever hangs it into a page checks who may see that; which names of
 * jobs a reader sees is decided here. Made for one request.
 */
@ExportedBean
public final class FleetReportPage implements ModelObject {

    private static final Duration DAY = Duration.ofHours(24);
    private static final Duration WEEK = Duration.ofDays(7);

    private final JobNames names = new JobNames();

    @NonNull
    @Override
    public String getDisplayName() {
        return Messages.FleetReportPage_displayName();
    }

    @Exported(inline = true)
    @NonNull
    public FleetReportBean getDay() {
        return new FleetReportBean(Messages.FleetReportPage_day(), FleetReporter.get().report(DAY), names);
    }

    @Exported(inline = true)
    @NonNull
    public FleetReportBean getWeek() {
        return new FleetReportBean(Messages.FleetReportPage_week(), FleetReporter.get().report(WEEK), names);
    }

    /** For the page: the shorter time first. */
    @NonNull
    public List<FleetReportBean> getReports() {
        return List.of(getDay(), getWeek());
    }

    @NonNull
    public Api getApi() {
        return new Api(this);
    }
}
