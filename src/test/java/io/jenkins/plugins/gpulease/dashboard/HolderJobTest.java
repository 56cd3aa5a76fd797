package io.jenkins.plugins.gpulease.dashboard;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;

import io.jenkins.plugins.gpulease.engine.lease.Holder;
import org.junit.Test;

public class HolderJobTest {

    private static HolderJob of(String id) {
        return HolderJob.of(new Holder(id, "name"));
    }

    @Test
    public void theJobAndTheAddressOfABuildAreFoundInItsId() {
        HolderJob job = of("team/a b/train#12/3f6c");

        assertEquals("team/a b/train", job.fullName());
        assertEquals("job/team/job/a%20b/job/train/12/", job.url());
    }

    @Test
    public void aBranchsNameIsEscapedOnceMoreAsJenkinsDoes() {
        assertEquals("job/repo/job/feature%252Fx/1/", of("repo/feature%2Fx#1/id").url());
    }

    @Test
    public void whatNoBuildMadeHasNoJob() {
        assertNull(of("1").fullName());
        assertNull(of("javascript:alert(1)#x/1").url());
    }
}
