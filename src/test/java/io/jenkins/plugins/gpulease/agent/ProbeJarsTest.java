package io.jenkins.plugins.gpulease.agent;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import hudson.FilePath;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class ProbeJarsTest {

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private FilePath root;
    private ProbeJars jars;

    @Before
    public void aNode() throws IOException {
        root = new FilePath(temporary.getRoot());
        jars = ProbeJars.pack();
    }

    private Path install() throws Exception {
        return Path.of(jars.install(root).get(0));
    }

    @Test
    public void aJarOfTheRightLengthWithOtherContentIsReplaced() throws Exception {
        Path jar = install();
        byte[] content = Files.readAllBytes(jar);
        Files.write(jar, new byte[content.length]);

        install();

        assertArrayEquals(content, Files.readAllBytes(jar));
    }

    @Test
    public void anIntactJarIsNotCopiedAgain() throws Exception {
        Path jar = install();
        Files.setLastModifiedTime(jar, FileTime.fromMillis(1_000_000));
        assertEquals(jar, install());
        assertEquals(FileTime.fromMillis(1_000_000), Files.getLastModifiedTime(jar));
    }

    @Test
    public void onlyVersionsThatNobodyHasUsedForAWeekAreRemoved() throws Exception {
        File recent = temporary.newFolder("gpu-lease", "recent");
        File old = temporary.newFolder("gpu-lease", "old");
        assertTrue(old.setLastModified(System.currentTimeMillis() - TimeUnit.DAYS.toMillis(8)));

        install();

        assertFalse(old.exists());
        assertTrue(recent.exists());
        assertEquals(List.of(), partialFiles());
    }

    private List<FilePath> partialFiles() throws Exception {
        return List.of(root.list("gpu-lease/*/*.part"));
    }
}
