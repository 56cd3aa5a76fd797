package io.jenkins.plugins.gpulease.build;

import static org.junit.Assert.assertEquals;

import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.lease.Holder;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import java.time.Instant;
import java.util.List;
import org.junit.Test;

public class StoredLeaseTest {

    private static Lease lease(boolean shared) {
        return new Lease("l", "agent-1", List.of(Gpus.h100(0)), MemorySize.parse("6 GB"), new Holder("h", "training #1"), null,
                Instant.EPOCH, Instant.EPOCH, shared);
    }

    @Test
    public void whatIsTakenUpAgainIsSharedAsBefore() {
        assertEquals(MemorySize.parse("6 GB"), new StoredLease(lease(true)).toLease().budget());
        assertEquals(null, new StoredLease(lease(false)).toLease().budget());
    }
}
