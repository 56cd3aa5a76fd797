package io.jenkins.plugins.gpulease.engine.usage;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class ProcessLeasesTest {

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private ProcFolder proc;

    @Before
    public void open() {
        proc = new ProcFolder(temporary.getRoot().toPath()).process(1, 0, "PATH=/bin");
    }

    private ProcessOwner owner(long pid) {
        return proc.leases().of(pid);
    }

    @Test
    public void aProcessBelongsToTheLeaseInItsEnvironment() {
        proc.inLease(7, "one");
        assertEquals(List.of("one"), owner(7).leases());
        assertFalse(owner(7).isUnknown());
    }

    @Test
    public void aProcessBelongsToTheLeasesOfItsAncestors() {
        proc.inLease(7, "outer").process(8, 7, "GPU_LEASE_ID=inner").process(9, 8, "PATH=/bin");
        assertEquals(List.of("inner", "outer"), owner(9).leases());
        assertEquals(Optional.of("outer"), owner(9).among(List.of("outer", "other")));
        assertEquals(Optional.of("inner"), owner(9).among(List.of("outer", "inner")));
    }

    @Test
    public void anotherUsersProcessBelongsToTheLeaseThatStartedIt() {
        proc.inLease(7, "one").anotherUsers(8, 7);
        assertEquals(List.of("one"), owner(8).leases());
    }

    @Test
    public void anotherUsersProcessIsUnknown() {
        proc.anotherUsers(8, 1);
        assertTrue(owner(8).isUnknown());
    }

    @Test
    public void aProcessThatCannotBeSeenIsUnknown() {
        assertTrue(owner(4711).isUnknown());
        assertTrue(new ProcessLeases(Path.of("no such folder")).of(1).isUnknown());
    }

    @Test
    public void aProcessWithoutALeaseIsKnownToHaveNone() {
        proc.process(7, 1, "GPU_LEASE_IDS=x", "MY_GPU_LEASE_ID=y", "GPU_LEASE_ID=");
        assertEquals(List.of(), owner(7).leases());
        assertFalse(owner(7).isUnknown());
    }

    @Test
    public void parentsThatGoInCirclesEnd() {
        proc.process(7, 8, "A=b").process(8, 7, "GPU_LEASE_ID=one");
        assertEquals(List.of("one"), owner(7).leases());
    }

    @Test
    public void realProcessesTellTheirLease() throws Exception {
        assumeTrue("There is a /proc", Files.isReadable(Path.of("/proc/self/environ")));
        ProcessBuilder shell = new ProcessBuilder("sh", "-c", "env -u GPU_LEASE_ID sh -c 'echo $$; read wait'; true");
        shell.environment().put("GPU_LEASE_ID", "real");
        Process process = shell.start();
        try {
            long grandchild = Long.parseLong(process.inputReader().readLine());
            assertEquals(List.of("real"), new ProcessLeases().of(process.pid()).leases());
            assertEquals(List.of("real"), new ProcessLeases().of(grandchild).leases());
            assertFalse(new ProcessLeases().of(ProcessHandle.current().pid()).leases().contains("real"));
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
