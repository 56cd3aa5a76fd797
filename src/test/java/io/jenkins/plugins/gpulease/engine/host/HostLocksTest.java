package io.jenkins.plugins.gpulease.engine.host;

import static org.hamcrest.CoreMatchers.allOf;
import static org.hamcrest.CoreMatchers.containsString;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class HostLocksTest {

    private static final List<String> A = List.of("GPU-a");
    private static final List<String> A_AND_B = List.of("GPU-b", "GPU-a");

    @Rule
    public TemporaryFolder temporary = new TemporaryFolder();

    private final List<Process> processes = new ArrayList<>();
    private Path folder;
    private HostLocks locks;

    @Before
    public void chooseFolder() {
        folder = temporary.getRoot().toPath().resolve("locks");
        locks = new HostLocks(folder);
    }

    @After
    public void endProcesses() {
        locks.close();
        processes.forEach(Process::destroyForcibly);
    }

    // ---- within this process

    @Test
    public void anotherLeaseIsToldWhoHoldsADevice() throws IOException {
        assertEquals(Map.of(), locks.tryLock("one", "training #1", A));
        Map<String, String> conflicts = locks.tryLock("two", "training #2", A);
        assertEquals(Set.of("GPU-a"), conflicts.keySet());
        assertThat(conflicts.get("GPU-a"), allOf(containsString("training #1"),
                containsString("pid " + ProcessHandle.current().pid()), containsString(System.getProperty("user.name"))));
    }

    @Test
    public void severalObjectsInOneProcessExcludeEachOther() throws IOException {
        locks.tryLock("one", "training #1", A);
        try (HostLocks others = new HostLocks(folder)) {
            assertEquals(Set.of("GPU-a"), others.tryLock("one", "training #1", A).keySet());
        }
        assertEquals("closing the other object must not drop the lock",
                "conflict", startHolder("outsider", "GPU-a").line().split(" ")[0]);
    }

    @Test
    public void aLeaseMayLockAgainAndMore() throws IOException {
        locks.tryLock("one", "training #1", A);
        assertEquals(Map.of(), locks.tryLock("one", "training #1", A_AND_B));
        locks.unlock("one");
        assertEquals(Map.of(), locks.tryLock("two", "training #2", A_AND_B));
    }

    @Test
    public void leasesOfOneOwnerMayShareALock() throws IOException {
        assertEquals(Map.of(), locks.tryLockShared("one", "training #1", A));
        assertEquals(Map.of(), locks.tryLockShared("two", "training #2", A_AND_B));
        locks.unlock("one");
        assertThat(locks.holders(A).get("GPU-a"), containsString("training #2"));
        assertThat(startHolder("outsider", "GPU-a").line(), containsString("training #2"));
        locks.unlock("two");
        assertEquals(Map.of(), locks.holders(A_AND_B));
        assertEquals("locked", startHolder("outsider", "GPU-a").line());
    }

    @Test
    public void aSharedLockKeepsAloneStandingLeasesOutAndTheOtherWayRound() throws IOException {
        locks.tryLockShared("one", "training #1", A);
        assertEquals(Set.of("GPU-a"), locks.tryLock("two", "training #2", A).keySet());
        locks.unlock("one");
        locks.tryLock("two", "training #2", A);
        assertEquals(Set.of("GPU-a"), locks.tryLockShared("one", "training #1", A).keySet());
    }

    @Test
    public void locksAreNotSharedBetweenOwners() throws IOException {
        locks.tryLockShared("one", "training #1", A);
        try (HostLocks others = new HostLocks(folder)) {
            assertEquals(Set.of("GPU-a"), others.tryLockShared("two", "training #2", A).keySet());
        }
        assertThat(locks.holders(A).get("GPU-a"), containsString("training #1"));
    }

    @Test
    public void aFailedAttemptForMoreKeepsWhatTheLeaseHad() throws IOException {
        locks.tryLock("one", "training #1", A);
        locks.tryLock("two", "training #2", List.of("GPU-c"));
        assertEquals(Set.of("GPU-c"), locks.tryLock("one", "training #1", List.of("GPU-a", "GPU-b", "GPU-c")).keySet());
        assertEquals(Set.of("GPU-a", "GPU-c"), locks.holders(List.of("GPU-a", "GPU-b", "GPU-c")).keySet());
    }

    @Test
    public void unlockingTwiceOrTheUnknownIsNoError() throws IOException {
        locks.tryLock("one", "training #1", A);
        locks.unlock("one");
        locks.unlock("one");
        locks.unlock("unknown");
        assertEquals(Map.of(), locks.holders(A));
    }

    // ---- between processes

    @Test
    public void anotherProcessIsKeptOut() throws Exception {
        assertEquals("locked", startHolder("training #1", "GPU-a").line());
        assertThat(locks.tryLock("two", "training #2", A).get("GPU-a"), containsString("training #1 (pid "));
    }

    @Test
    public void allDevicesAreLockedOrNone() throws Exception {
        startHolder("training #1", "GPU-b").line();
        assertEquals(Set.of("GPU-b"), locks.tryLock("two", "training #2", A_AND_B).keySet());
        assertEquals("locked", startHolder("training #3", "GPU-a").line());
    }

    @Test
    public void aKilledHoldersLockIsFreeAtOnceAndItsNoteIgnored() throws Exception {
        Holder holder = startHolder("training #1", "GPU-a");
        holder.line();
        assertEquals(Set.of("GPU-a"), locks.holders(A).keySet());
        holder.process().destroyForcibly().waitFor(); // SIGKILL
        assertTrue("the note stays behind", Files.size(folder.resolve("GPU-a.lock")) > 0);
        assertEquals(Map.of(), locks.holders(A));
        assertEquals(Map.of(), locks.tryLock("two", "training #2", A));
    }

    @Test
    public void lookingDoesNotDropOwnLocks() throws Exception {
        locks.tryLock("one", "training #1", A);
        assertThat(locks.holders(A).get("GPU-a"), containsString("training #1"));
        assertThat(startHolder("training #2", "GPU-a").line(), containsString("conflict {GPU-a=training #1 (pid "));
    }

    @Test
    public void lookingDoesNotMakeOthersFail() throws Exception {
        locks.tryLock("warm-up", "x", A);
        locks.unlock("warm-up");
        Holder looker = start(LockLooker.class, folder.toString(), "GPU-a");
        assertEquals("looking", looker.line());
        int failures = 0;
        for (int i = 0; i < 2_000; i++) {
            failures += locks.tryLock("lease " + i, "x", A).size();
            locks.unlock("lease " + i);
        }
        assertEquals(0, failures);
    }

    @Test
    public void ofManyProcessesExactlyOneGetsOverlappingDevices() throws Exception {
        List<Holder> holders = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            holders.add(i % 2 == 0 ? startHolder("p" + i, "GPU-a", "GPU-b") : startHolder("p" + i, "GPU-b", "GPU-a"));
        }
        int winners = 0;
        for (Holder holder : holders) {
            winners += holder.line().equals("locked") ? 1 : 0;
        }
        assertEquals(1, winners);
    }

    @Test
    public void ofManyThreadsExactlyOneGetsADevice() throws Exception {
        AtomicInteger winners = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            String lease = "lease " + i;
            threads.add(new Thread(() -> {
                try {
                    winners.addAndGet(locks.tryLock(lease, lease, A).isEmpty() ? 1 : 0);
                } catch (IOException e) {
                    winners.addAndGet(100);
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(1, winners.get());
    }

    // ---- the folder is open to everybody

    @Test
    public void folderAndFilesAreForAllUsers() throws IOException {
        locks.tryLock("one", "training #1", A);
        assertEquals(01777, mode(folder));
        assertEquals(0666, mode(folder.resolve("GPU-a.lock")));
    }

    @Test
    public void aSymbolicLinkIsNotFollowed() throws IOException {
        Path victim = write(temporary.getRoot().toPath().resolve("victim"), "precious");
        Files.createDirectories(folder);
        Files.createSymbolicLink(folder.resolve("GPU-a.lock"), victim);
        assertThat(locks.tryLock("one", "x", A).get("GPU-a"), containsString("not a regular file"));
        assertEquals("precious", Files.readString(victim));
    }

    @Test
    public void aHardLinkIsRefused() throws IOException {
        Path victim = write(temporary.getRoot().toPath().resolve("victim"), "precious");
        Files.createDirectories(folder);
        Files.createLink(folder.resolve("GPU-a.lock"), victim);
        assertThat(locks.tryLock("one", "x", A).get("GPU-a"), containsString("hard link"));
        assertEquals("precious", Files.readString(victim));
    }

    @Test
    public void aBadLockFileBindsItsDeviceOnly() throws IOException {
        Files.createDirectories(folder.resolve("GPU-a.lock"));
        Map<String, String> conflicts = locks.tryLock("one", "x", List.of("GPU-0", "GPU-a", "GPU-b"));
        assertEquals(Set.of("GPU-a"), conflicts.keySet());
        assertThat(conflicts.get("GPU-a"), allOf(containsString("an unknown holder"), containsString("not a regular file")));
        assertEquals(conflicts, locks.holders(List.of("GPU-0", "GPU-a", "GPU-b")));
        assertEquals(Map.of(), locks.tryLock("one", "x", List.of("GPU-0", "GPU-b")));
    }

    @Test
    public void whatSomebodyWroteIntoALockFileIsOverwritten() throws IOException {
        Files.createDirectories(folder);
        Path file = write(folder.resolve("GPU-a.lock"), "junk");
        assertEquals(Map.of(), locks.tryLock("one", "training #1", A));
        assertThat(Files.readString(file), containsString("holder=training #1"));
    }

    // ---- files that are deleted while they are locked

    @Test
    public void aDeletedLockFileIsLockedAnew() throws Exception {
        locks.tryLock("one", "training #1", A);
        Files.delete(folder.resolve("GPU-a.lock"));
        locks.revalidate();
        assertThat(startHolder("training #2", "GPU-a").line(), containsString("conflict {GPU-a=training #1 (pid "));
        locks.unlock("one");
        assertEquals("locked", startHolder("training #3", "GPU-a").line());
    }

    @Test
    public void aDeletedFolderIsMadeAnew() throws Exception {
        locks.tryLock("one", "training #1", A);
        Files.delete(folder.resolve("GPU-a.lock"));
        Files.delete(folder);
        locks.revalidate();
        assertThat(startHolder("training #2", "GPU-a").line(), containsString("conflict"));
    }

    @Test
    public void aLockThatSomebodyElseTookMeanwhileIsReportedOnceAndStaysTheirs() throws Exception {
        locks.tryLock("one", "training #1", A);
        Files.delete(folder.resolve("GPU-a.lock"));
        Holder thief = startHolder("training #2", "GPU-a");
        assertEquals("locked", thief.line());
        List<String> warnings = warningsDuring(() -> {
            locks.revalidate();
            locks.revalidate();
        });
        assertEquals(warnings.toString(), 1, warnings.size());
        assertThat(warnings.get(0), containsString("training #2 (pid "));
        thief.process().destroyForcibly().waitFor();
        locks.revalidate();
        assertThat(startHolder("training #3", "GPU-a").line(), containsString("conflict {GPU-a=training #1"));
    }

    @Test
    public void aLockThatIsStillThereStaysAsItIs() throws IOException {
        locks.tryLock("one", "training #1", A);
        Object before = Files.getAttribute(folder.resolve("GPU-a.lock"), "unix:ino");
        locks.revalidate();
        assertEquals(before, Files.getAttribute(folder.resolve("GPU-a.lock"), "unix:ino"));
    }

    @Test
    public void rootRefusesAFolderThatSomebodyElseOwns() {
        assertFalse(LockFolder.isTrusted("root", 1000));
        assertTrue(LockFolder.isTrusted("root", 0));
        assertTrue("in a container with users of its own", LockFolder.isTrusted("root", 65534));
        assertTrue(LockFolder.isTrusted("jenkins", 1000));
    }

    @Test
    public void anUnusableFolderIsNamedWithItsCure() throws IOException {
        write(folder, "a file where the folder should be");
        assertThat(assertThrows(IOException.class, () -> locks.tryLock("one", "x", A)).getMessage(),
                allOf(containsString(folder.toString()), containsString("install -d -m 1777"), containsString("GPU_LEASE_LOCKS")));
    }

    @Test
    public void oldMigUuidsStayInTheFolder() throws IOException {
        assertEquals(Map.of(), locks.tryLock("one", "x", List.of("MIG-GPU-4711/1/0")));
        assertTrue(Files.exists(folder.resolve("MIG-GPU-4711_1_0.lock")));
    }

    @Test
    public void whatIsNoUuidIsRefused() {
        for (String bad : List.of("", "../etc/passwd", "GPU-a\0", "GPU a", "a".repeat(121))) {
            assertThrows(bad, IllegalArgumentException.class, () -> locks.tryLock("one", "x", List.of(bad)));
        }
    }

    // ---- which folder

    @Test
    public void theEnvironmentWinsOverTheProperty() {
        Properties properties = new Properties();
        properties.setProperty("gpulease.locks", "/property");
        assertEquals(Path.of("/property"), LockFolder.choose(Map.of(), properties));
        assertEquals(Path.of("/variable"), LockFolder.choose(Map.of("GPU_LEASE_LOCKS", "/variable"), properties));
    }

    // ---- fixtures

    private record Holder(Process process, BufferedReader output) {
        String line() throws IOException {
            return output.readLine();
        }
    }

    private Holder startHolder(String name, String... uuids) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(folder.toString(), name));
        arguments.addAll(List.of(uuids));
        return start(LockHolder.class, arguments.toArray(String[]::new));
    }

    private Holder start(Class<?> main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        processes.add(process);
        return new Holder(process, process.inputReader(StandardCharsets.UTF_8));
    }

    private static List<String> warningsDuring(Runnable action) {
        List<String> warnings = new ArrayList<>();
        Logger logger = Logger.getLogger(HeldLocks.class.getName());
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord entry) {
                if (entry.getLevel() == Level.WARNING) {
                    warnings.add(new SimpleFormatter().formatMessage(entry));
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        logger.addHandler(handler);
        try {
            action.run();
        } finally {
            logger.removeHandler(handler);
        }
        return warnings;
    }

    private static int mode(Path path) throws IOException {
        return (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 07777;
    }

    private static Path write(Path file, String content) throws IOException {
        return Files.writeString(file, content);
    }
}
