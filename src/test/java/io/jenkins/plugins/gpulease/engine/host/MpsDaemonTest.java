package io.jenkins.plugins.gpulease.engine.host;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class MpsDaemonTest {

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private Path pipes;
    private Path proc;

    @Before
    public void makeFolders() throws Exception {
        pipes = temporary.newFolder("pipes").toPath();
        proc = temporary.newFolder("proc").toPath();
    }

    private boolean runs() {
        return MpsDaemon.runs(Map.of(MpsDaemon.PIPES, pipes.toString()), proc);
    }

    private void process(String pid, String commandLine) throws Exception {
        Files.writeString(Files.createDirectories(proc.resolve(pid)).resolve("cmdline"), commandLine);
    }

    @Test
    public void nothingRunsWhereNothingIs() throws Exception {
        assertFalse(runs());
        Files.delete(proc);
        assertFalse(runs());
    }

    @Test
    public void aControlPipeIsADaemon() throws Exception {
        Process made = new ProcessBuilder("mkfifo", pipes.resolve("control").toString()).start();
        assertEquals(0, made.waitFor());
        assertTrue(runs());
    }

    @Test
    public void aControlSocketIsADaemon() throws Exception {
        try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(pipes.resolve("control")));
            assertTrue(runs());
        }
    }

    @Test
    public void aFileOfThatNameIsNone() throws Exception {
        Files.createFile(pipes.resolve("control"));
        assertFalse(runs());
    }

    @Test
    public void theDaemonsProcessIsFoundByItsName() throws Exception {
        process("12", "/usr/bin/python\0nvidia-cuda-mps-control\0");
        process("13", "");
        assertFalse(runs());
        process("14", "/usr/bin/nvidia-cuda-mps-control\0-d\0");
        assertTrue(runs());
    }

    @Test
    public void aFolderThatCannotBeIsNone() {
        assertFalse(MpsDaemon.runs(Map.of(MpsDaemon.PIPES, "a\0b"), proc));
    }
}
