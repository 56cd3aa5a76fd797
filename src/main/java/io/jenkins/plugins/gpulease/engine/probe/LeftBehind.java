package io.jenkins.plugins.gpulease.engine.probe;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.GpuProcess;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.device.Reading;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import io.jenkins.plugins.gpulease.engine.usage.Attribution;
import io.jenkins.plugins.gpulease.engine.usage.ProcessLeases;
import java.util.List;
import java.util.stream.Stream;

/**
 * Judges a device that a lease gives back while its neighbours go on: what they do there isn't held against it.
 *
 * @param neighbours at least one
 */
record LeftBehind(@NonNull String lease, @NonNull List<Claim> neighbours, @NonNull ProcessLeases owners) implements Standard {

    @Override
    @NonNull
    public Verdict judgeUse(@NonNull Reading reading, @CheckForNull MemorySize total) {
        List<String> leases = Stream.concat(Stream.of(lease), neighbours.stream().map(Claim::lease)).toList();
        List<GpuProcess> left = new Attribution(reading, owners, leases).of(lease).processes();
        return left.isEmpty() ? Verdict.CLEAN : Verdict.occupied("in use by " + Cleanliness.names(left), left);
    }
}
