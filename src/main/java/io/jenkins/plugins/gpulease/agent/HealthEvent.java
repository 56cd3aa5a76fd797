package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.Instant;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Something that happened to a device.
 *
 * @param device for people, such as {@code GPU 3}
 * @param what for people; may tell of programs, so it isn't for everybody
 */
@Restricted(NoExternalUse.class)
public record HealthEvent(@NonNull Instant at, @NonNull String device, @NonNull String what) {}
