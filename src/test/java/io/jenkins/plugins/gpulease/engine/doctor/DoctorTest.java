package io.jenkins.plugins.gpulease.engine.doctor;

import static org.hamcrest.CoreMatchers.containsString;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import org.junit.Rule;
import org.junit.Test;

public class DoctorTest {

    @Rule
    public final TestMachine host = new TestMachine();

    /** A check that does what it is told. */
    private record Scripted(String topic, boolean isForLinux, List<Finding> findings, RuntimeException failure) implements Check {

        @NonNull
        @Override
        public List<Finding> examine(@NonNull Machine machine) throws IOException {
            if (failure != null) {
                throw failure;
            }
            return findings;
        }
    }

    private static Check finding(Severity severity, String topic) {
        return new Scripted(topic, true, List.of(new Finding(severity, topic, "found", null)), null);
    }

    @Test
    public void theWorstComesFirstAndThenWhatHasToWorkFirst() {
        List<Check> checks = List.of(finding(Severity.OK, "a"), finding(Severity.PROBLEM, "b"), finding(Severity.WARNING,
                "c"), finding(Severity.PROBLEM, "d"));
        assertEquals(List.of("b", "d", "c", "a"), Doctor.examine(host.machine(), checks).stream().map(Finding::topic).toList());
    }

    @Test
    public void aCheckThatFailsDoesNotHideTheOthers() {
        Check broken = new Scripted("broken", true, List.of(), new IllegalStateException("no permission"));
        List<Finding> findings = Doctor.examine(host.machine(), List.of(broken, finding(Severity.OK, "a")));
        assertEquals(new Finding(Severity.INFO, "broken", "It can't be told: java.lang.IllegalStateException: no"
                + " permission", null), findings.get(0));
        assertEquals("a", findings.get(1).topic());
    }

    @Test
    public void elsewhereThanOnLinuxWhatMakesNoSenseIsLeftOutAndSaid() {
        host.property("os.name", "Windows Server 2022");
        Check everywhere = new Scripted("b", false, List.of(new Finding(Severity.OK, "b", "found", null)), null);
        List<Finding> findings = Doctor.examine(host.machine(), List.of(finding(Severity.PROBLEM, "a"), everywhere));
        assertEquals(new Finding(Severity.INFO, "Left out", "Not looked at on Windows Server 2022: a", null), findings.get(0));
        assertEquals("b", findings.get(1).topic());
        assertEquals(2, findings.size());
    }

    @Test
    public void aMachineWithoutAnythingOfNvidiasHasOneProblem() {
        List<Finding> findings = Doctor.examine(host.file("/proc/1/cgroup", "0::/").machine());
        assertEquals(List.of("Hardware"),
                findings.stream().filter(finding -> finding.severity() == Severity.PROBLEM).map(Finding::topic).toList());
    }

    @Test
    public void noCheckFailsOnAnEmptyMachine() {
        Doctor.examine(host.machine()).forEach(finding -> assertTrue(finding.found(), !finding.found().contains("Exception")));
    }

    @Test
    public void whatFilesAndVariablesSayIsBoundedAndOfOneLine() {
        Finding finding = new Finding(Severity.OK, "a", "x\u001b[31m\n".repeat(1000), "y\u0000z");
        assertEquals(1000, finding.found().length());
        assertTrue(finding.found().chars().noneMatch(Character::isISOControl));
        assertEquals("y z", finding.cure());
        assertThat(Finding.names(Collections.nCopies(20, "n")), containsString("n and 12 more"));
    }
}
