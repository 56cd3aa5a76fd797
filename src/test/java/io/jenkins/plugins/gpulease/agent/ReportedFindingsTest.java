package io.jenkins.plugins.gpulease.agent;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.doctor.Finding;
import io.jenkins.plugins.gpulease.engine.doctor.Severity;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.Test;

public class ReportedFindingsTest {

    @Test
    public void whatIsFineComesThrough() {
        List<Finding> findings = List.of(
                new Finding(Severity.PROBLEM, "Hardware", "none", "plug one in"), new Finding(Severity.OK, "Java", "17", null));
        assertEquals(findings, ReportedFindings.accept(findings));
    }

    @Test
    public void nothingAndHolesAreNoFindings() {
        assertEquals(List.of(), ReportedFindings.accept(null));
        assertEquals(1, ReportedFindings.accept(Arrays.asList(null, new Finding(Severity.OK, "Java", "17", null))).size());
    }

    @Test
    public void theirNumberIsBounded() {
        Finding finding = new Finding(Severity.OK, "Java", "17", null);
        assertEquals(ReportedFindings.MAX_FINDINGS, ReportedFindings.accept(Collections.nCopies(5000, finding)).size());
    }

    @Test
    public void aTopicIsBoundedAndCannotTurnTheDirectionOfText() {
        Finding hostile = ReportedFindings.accept(List.of(new Finding(null, "\u202e" + "x".repeat(10_000), "a\u2028b", "\u202e"))).get(0);
        assertEquals(Severity.INFO, hostile.severity());
        assertEquals(96, hostile.topic().length());
        assertTrue(hostile.topic().startsWith("xx"));
        assertEquals("a b", hostile.found());
        assertEquals("?", hostile.cure());
    }
}
