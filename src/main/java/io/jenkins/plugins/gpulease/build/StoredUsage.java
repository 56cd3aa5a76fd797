package io.jenkins.plugins.gpulease.build;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.usage.CourseText;
import io.jenkins.plugins.gpulease.engine.usage.DeviceUsage;
import io.jenkins.plugins.gpulease.engine.usage.UsagePoint;
import java.util.List;

/** What one device did during a lease, as it is stored with the build. Null means that nobody could tell. Immutable. */
final class StoredUsage {

    private final String uuid;

    @CheckForNull
    private final Long peakMemoryMib;

    @CheckForNull
    private final Long meanMemoryMib;

    @CheckForNull
    private final Integer meanUtilization;

    @CheckForNull
    private final Integer peakUtilization;

    @CheckForNull
    private final Double energyJoules;

    /** As {@link CourseText} writes it; null if it isn't kept. */
    @CheckForNull
    private final String course;

    StoredUsage(@NonNull DeviceUsage usage) {
        uuid = usage.uuid();
        peakMemoryMib = mib(usage.peakMemory());
        meanMemoryMib = mib(usage.meanMemory());
        meanUtilization = usage.meanUtilization();
        peakUtilization = usage.peakUtilization();
        energyJoules = usage.energyJoules();
        course = usage.points().isEmpty() ? null : CourseText.of(usage.points());
    }

    private StoredUsage(StoredUsage other) {
        uuid = other.uuid;
        peakMemoryMib = other.peakMemoryMib;
        meanMemoryMib = other.meanMemoryMib;
        meanUtilization = other.meanUtilization;
        peakUtilization = other.peakUtilization;
        energyJoules = other.energyJoules;
        course = null;
    }

    @NonNull
    StoredUsage withoutCourse() {
        return course == null ? this : new StoredUsage(this);
    }

    @NonNull
    String uuid() {
        return uuid;
    }

    @CheckForNull
    Long peakMemoryMib() {
        return peakMemoryMib;
    }

    @CheckForNull
    Long meanMemoryMib() {
        return meanMemoryMib;
    }

    @CheckForNull
    Integer meanUtilization() {
        return meanUtilization;
    }

    @CheckForNull
    Integer peakUtilization() {
        return peakUtilization;
    }

    @CheckForNull
    Double energyJoules() {
        return energyJoules;
    }

    boolean hasCourse() {
        return course != null;
    }

    /** Empty if the course isn't kept. */
    @NonNull
    List<UsagePoint> points() {
        return course == null ? List.of() : CourseText.points(course);
    }

    @CheckForNull
    private static Long mib(@CheckForNull MemorySize size) {
        return size == null ? null : size.mib();
    }
}
