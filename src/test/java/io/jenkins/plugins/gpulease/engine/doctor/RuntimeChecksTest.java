package io.jenkins.plugins.gpulease.engine.doctor;

import static org.hamcrest.CoreMatchers.allOf;
import static org.hamcrest.CoreMatchers.containsString;
import static org.hamcrest.CoreMatchers.startsWith;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.junit.Assert.assertEquals;

import io.jenkins.plugins.gpulease.engine.device.Gpus;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;

/** Temporary folders and Java. */
public class RuntimeChecksTest {

    @Rule
    public final TestMachine host = new TestMachine();

    private static final String NOEXEC_HOME = "/dev/a / ext4 rw 0 0\n/dev/b /home ext4 rw,nosuid,noexec 0 0\ntmpfs /tmp tmpfs rw"
            + " 0 0\n";

    @Before
    public void folders() {
        host.file("/home/jenkins/x", "").file("/tmp/x", "").file("/var/jna/x", "");
    }

    private TestMachine mounts(String text) {
        return host.file("/proc/mounts", text);
    }

    @Test
    public void aCacheThatIsMountedNoexecIsAProblem() throws Exception {
        assertThat(mounts(NOEXEC_HOME).finding(new TemporaryFolderCheck()),
                allOf(startsWith("PROBLEM JNA unpacks its library in /home/jenkins/.cache/JNA/temp, and /home is mounted noexec"),
                        containsString("-Djna.tmpdir=")));
    }

    @Test
    public void anotherFolderForJnaCuresIt() throws Exception {
        assertEquals("OK Programs can run from /var/jna", mounts(NOEXEC_HOME).property("jna.tmpdir",
                "/var/jna").finding(new TemporaryFolderCheck()));
    }

    @Test
    public void theLastMountOfAPlaceCounts() throws Exception {
        mounts("/dev/a / ext4 rw 0 0\ntmpfs /home tmpfs rw,noexec 0 0\n/dev/b /home ext4 rw 0 0\n");
        assertEquals("OK Programs can run from /home/jenkins/.cache/JNA/temp", host.finding(new TemporaryFolderCheck()));
    }

    @Test
    public void whereTheUserHasNoHomeTheTemporaryFolderCounts() throws Exception {
        mounts("tmpfs /tmp tmpfs rw,noexec 0 0\n").property("user.home", "/tmp/x/no-folder");
        assertThat(host.finding(new TemporaryFolderCheck()), startsWith("PROBLEM JNA unpacks its library in /tmp, and /tmp is"
                + " mounted noexec"));
    }

    @Test
    public void whatWorksAllTheSameIsAWarning() throws Exception {
        assertThat(mounts(NOEXEC_HOME).devices(Gpus.h100(0)).finding(new TemporaryFolderCheck()), startsWith("WARNING"));
    }

    @Test
    public void littleSharedMemoryIsAWarning() throws Exception {
        mounts("shm /dev/shm tmpfs rw,nosuid,size=65536k 0 0\n");
        assertThat(host.finding(new TemporaryFolderCheck()), startsWith("WARNING Shared memory (/dev/shm) is small: 65536k"));
        mounts("shm /dev/shm tmpfs rw,nosuid,size=8388608k 0 0\n");
        assertThat(host.finding(new TemporaryFolderCheck()), startsWith("OK"));
    }

    @Test
    public void aJavaOf32BitsCannotLoadTheLibrary() throws Exception {
        assertThat(host.property("sun.arch.data.model", "32").finding(new JavaCheck()), startsWith("PROBLEM Java 17.0.15 for"
                + " amd64 has 32 bits"));
    }

    @Test
    public void alpineCannotLoadTheLibrary() throws Exception {
        host.file("/lib/ld-musl-x86_64.so.1", "");
        assertThat(host.finding(new JavaCheck()), startsWith("INFO Java 17.0.15 for amd64, with musl"));
        assertThat(host.pciGpu("0000:01:00.0", "nvidia").finding(new JavaCheck()), allOf(startsWith("PROBLEM"), containsString("glibc")));
    }

    @Test
    public void thisJavaIsFine() throws Exception {
        assertEquals("OK Java 17.0.15 for amd64", host.finding(new JavaCheck()));
    }
}
