package io.jenkins.plugins.gpulease.build;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import com.google.common.util.concurrent.Uninterruptibles;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Run;
import io.jenkins.plugins.gpulease.Eventually;
import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.LoggerRule;
import org.jvnet.hudson.test.TestExtension;

public class LeaseFileTest {

    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    @Rule
    public final LoggerRule log = new LoggerRule().record(LeaseFile.class, Level.WARNING).capture(9);

    private FreeStyleBuild build;

    /** With a lease whose record is on disk, and nowhere else. */
    @Before
    public void aBuildThatIsLoaded() throws Exception {
        build = JENKINS.buildAndAssertSuccess(JENKINS.createFreeStyleProject());
        TestLeases.note(build, "first", 41, 31_949, Gpus.h100(0));
        LeaseHistory.saveAll();
        reload();
    }

    @Test
    public void theBuildsOwnFileNamesNoLeaseAndThePageShowsThem() throws Exception {
        build.save();

        String own = Files.readString(file("build.xml"));
        assertThat(own, containsString("GpuLeasesAction"));
        assertThat(own, not(containsString("GPU-0")));
        assertThat(Files.readString(file(LeaseFile.NAME)), containsString("GPU-0"));
        assertThat(
                JENKINS.createWebClient().getPage(build, "gpu-leases").getElementById("gpu-leases").asNormalizedText(),
                containsString("0: H100 80GB HBM3"));
    }

    @Test
    public void whatIsNotedBeforeTheFileIsReadComesAfterItInOrder() throws Exception {
        TestLeases.note(build, "second", 41, 31_949, Gpus.h100(1));

        Eventually.await("it has ended", () -> ids().size() == 2 && !leases().get(1).isHeld());
        assertEquals(List.of("first", "second"), ids());
        assertEquals(Integer.valueOf(41), leases().get(1).getMeanUtilization());
    }

    @Test
    public void aLeaseThatIsInTheFileIsNotToldAgain() throws Exception {
        Told.GRANTED.clear();

        GpuLeasesAction.granted(build, TestLeases.stored("first", Gpus.h100(0)), "");
        GpuLeasesAction.granted(build, TestLeases.stored("second", Gpus.h100(0)), "");

        Eventually.await("the second is told", () -> Told.GRANTED.contains("second"));
        assertEquals(List.of("second"), List.copyOf(Told.GRANTED));
    }

    @Test
    public void aBrokenFileCountsAsNoRecordsAndIsNamedOnce() throws Exception {
        Files.writeString(file(LeaseFile.NAME), "<io.jenkins.plugins.gpulease.build.LeaseFile_-Content><leases>");

        assertEquals(List.of(), ids());
        assertEquals(List.of(), ids());
        assertNamedOnce();
    }

    @Test
    public void aFileOfSomethingElseCountsAsNoRecords() throws Exception {
        Files.writeString(file(LeaseFile.NAME), "<string>GPU-0</string>");

        assertEquals(List.of(), ids());
        assertNamedOnce();
    }

    @Test
    public void aMissingFileAsAfterACrashCountsAsNoRecordsAndLeasesAreNotedAnew() throws Exception {
        Files.delete(file(LeaseFile.NAME));

        assertEquals(List.of(), ids());
        assertEquals(List.of(), log.getMessages());
        TestLeases.note(build, "first", 41, 31_949, Gpus.h100(0));
        LeaseHistory.saveAll();
        reload();
        assertEquals(List.of("first"), ids());
    }

    @Test
    public void aFileThatCouldNotBeReadForAWhileIsKeptAsideWhenAnotherOneIsWritten() throws Exception {
        Files.writeString(file(LeaseFile.UNREAD), "older");
        Path away = Files.move(file(LeaseFile.NAME), file("away"));
        Files.createDirectory(file(LeaseFile.NAME));
        assertEquals(List.of(), ids());
        Files.delete(file(LeaseFile.NAME));
        Files.move(away, file(LeaseFile.NAME));

        TestLeases.note(build, "second", 41, 31_949, Gpus.h100(1));
        LeaseHistory.saveAll();

        assertThat(Files.readString(file(LeaseFile.UNREAD)), containsString("<id>first</id>"));
        assertThat(Files.readString(file(LeaseFile.NAME)), containsString("<id>second</id>"));
        assertThat(log.getMessages(), hasItem(containsString("are in " + file(LeaseFile.UNREAD))));
    }

    @Test
    public void whatIsNotedBeforeTheFileIsReadIsStoredAtShutdown() throws Exception {
        TestLeases.note(build, "second", 41, 31_949, Gpus.h100(1));

        SaveAtShutdown.save();

        assertThat(Files.readString(file(LeaseFile.NAME)), containsString("<id>second</id>"));
    }

    @Test
    public void aWriteThatFailedIsTriedAgain() throws Exception {
        assertEquals(List.of("first"), ids());
        Files.delete(file(LeaseFile.NAME));
        Path obstacle = Files.createDirectories(file(LeaseFile.NAME).resolve("obstacle"));
        TestLeases.note(build, "second", 41, 31_949, Gpus.h100(1));
        LeaseHistory.saveAll();

        Files.delete(obstacle);
        Files.delete(file(LeaseFile.NAME));

        Eventually.await("it is written", () -> Files.isRegularFile(file(LeaseFile.NAME)));
        assertThat(log.getMessages(), hasItem(containsString("Could not save the GPU leases of " + build.getExternalizableId())));
    }

    @Test
    public void aBuildThatCouldNotBeSavedWithItsFirstLeaseIsSavedAtTheNextAttempt() {
        AtomicInteger attempts = new AtomicInteger();
        LeaseHistory history = new LeaseHistory(build, LeaseRecords.NONE, () -> attempts.incrementAndGet() > 1);
        history.change(() -> history.add(TestLeases.held("second", 0, 1, Gpus.h100(1))));

        LeaseHistory.saveAll();
        LeaseHistory.saveAll();
        LeaseHistory.saveAll();

        assertEquals(2, attempts.get());
    }

    @Test
    public void aWriteThatThrowsIsTriedAgain() {
        AtomicInteger attempts = new AtomicInteger();
        LazySave save = new LazySave(() -> {
            if (attempts.incrementAndGet() == 1) {
                throw new IllegalStateException("first attempt");
            }
            return true;
        });
        save.soon();

        LazySave.saveAll();
        LazySave.saveAll();
        LazySave.saveAll();

        assertEquals(2, attempts.get());
    }

    @Test
    public void whoSavesAllWaitsForAWriteThatGoesOn() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        LazySave save = new LazySave(() -> {
            begun.countDown();
            return Uninterruptibles.awaitUninterruptibly(goOn, 1, TimeUnit.MINUTES);
        });
        save.soon();
        save.now();
        begun.await();

        Thread shutdown = new Thread(LazySave::saveAll, "shutdown");
        shutdown.start();

        Eventually.await("it waits", () -> shutdown.getState() == Thread.State.BLOCKED);
        goOn.countDown();
        shutdown.join();
    }

    @Test
    public void whatAWriteMadeAnewOfADeletedBuildIsDeleted() throws Exception {
        build.delete();
        Files.createDirectories(build.getRootDir().toPath());
        Files.writeString(file(LeaseFile.NAME), "");

        new BuildFolder(build).deleteIfAlone(LeaseFile.NAME);

        assertFalse(build.getRootDir().exists());
    }

    @Test
    public void aBuildThatWasDeletedDoesNotComeBackWithItsFile() throws Exception {
        assertEquals(List.of("first"), ids());
        TestLeases.note(build, "second", 41, 31_949, Gpus.h100(1));

        build.delete();
        LeaseHistory.saveAll();

        assertFalse(build.getRootDir().exists());
    }

    @Test
    public void theFileGoesWithAJobThatIsRenamed() throws Exception {
        assertEquals(List.of("first"), ids());

        build.getParent().renameTo(build.getParent().getName() + "-renamed");
        TestLeases.note(build, "second", 41, 31_949, Gpus.h100(1));
        LeaseHistory.saveAll();
        reload();

        assertTrue(Files.exists(file(LeaseFile.NAME)));
        assertEquals(List.of("first", "second"), ids());
    }

    private void assertNamedOnce() {
        String name = build.getRootDir() + "/" + LeaseFile.NAME;
        assertEquals(1, log.getMessages().stream().filter(message -> message.contains(name)).count());
    }

    private Path file(String name) {
        return build.getRootDir().toPath().resolve(name);
    }

    private List<String> ids() {
        return leases().stream().map(LeaseRecord::getId).toList();
    }

    private List<LeaseRecord> leases() {
        return build.getAction(GpuLeasesAction.class).getLeases();
    }

    private void reload() throws Exception {
        JENKINS.jenkins.reload();
        build = JENKINS.jenkins.getItemByFullName(build.getParent().getFullName(), FreeStyleProject.class).getBuildByNumber(1);
    }

    @TestExtension
    public static final class Told implements LeaseListener {

        static final Queue<String> GRANTED = new ConcurrentLinkedQueue<>();

        @Override
        public void onGranted(Run<?, ?> run, Lease lease) {
            GRANTED.add(lease.id());
        }
    }
}
