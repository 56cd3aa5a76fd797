package io.jenkins.plugins.gpulease.agent;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarInputStream;
import java.util.zip.ZipEntry;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class EngineJarTest {

    private static final String ROOM = "io/jenkins/plugins/gpulease/";

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private Path plugin;

    @Before
    public void aPluginWithAnEngineAndOtherRooms() throws IOException {
        plugin = temporary.newFolder("classes").toPath();
        write("engine/probe/Probe.class");
        write("engine/simulation/models.properties");
        write("engine/cli/GpuLeaseMain.class");
        write("agent/GpuNodes.class");
    }

    private void write(String name) throws IOException {
        Path file = plugin.resolve(ROOM + name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, name);
    }

    @Test
    public void onlyTheEngineWithoutItsCommandLineIsPacked() throws IOException {
        assertEquals(List.of(ROOM + "engine/probe/Probe.class", ROOM + "engine/simulation/models.properties"),
                names(EngineJar.pack(plugin)));
    }

    @Test
    public void aFolderAndAJarGiveTheSameBytes() throws IOException {
        byte[] fromFolder = EngineJar.pack(plugin);
        Path jar = temporary.newFile("plugin.jar").toPath();
        Files.write(jar, fromFolder);
        assertArrayEquals(fromFolder, EngineJar.pack(jar));
    }

    @Test
    public void aPluginWithoutEngineIsNamed() throws IOException {
        Path empty = temporary.newFolder("empty").toPath();
        IOException e = assertThrows(IOException.class, () -> EngineJar.pack(empty));
        assertThat(e.getMessage(), containsString("empty"));
    }

    private static List<String> names(byte[] jar) throws IOException {
        List<String> names = new ArrayList<>();
        try (JarInputStream in = new JarInputStream(new ByteArrayInputStream(jar))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                names.add(entry.getName());
            }
        }
        return names;
    }
}
