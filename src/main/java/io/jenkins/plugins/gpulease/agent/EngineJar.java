package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/** Packs the engine's classes and resources into a jar of their own: the same bytes for the same content. */
final class EngineJar {

    private static final String ENGINE = "io/jenkins/plugins/gpulease/engine";

    private EngineJar() {}

    /**
     * @param plugin the plugin's jar, or the folder that its classes were compiled into
     * @throws IOException if it can't be read, or has no engine
     */
    @NonNull
    static byte[] pack(@NonNull Path plugin) throws IOException {
        if (Files.isDirectory(plugin)) {
            return jar(entries(plugin));
        }
        try (FileSystem files = FileSystems.newFileSystem(plugin, (ClassLoader) null)) {
            return jar(entries(files.getPath("/")));
        }
    }

    private static SortedMap<String, byte[]> entries(Path root) throws IOException {
        Path engine = root.resolve(ENGINE);
        if (!Files.isDirectory(engine)) {
            throw new IOException("There is no engine in " + root.toUri());
        }
        Path commandLine = engine.resolve("cli"); // needs more than agents have, and they need none of it
        SortedMap<String, byte[]> entries = new TreeMap<>();
        try (Stream<Path> files = Files.walk(engine)) {
            files.filter(file -> Files.isRegularFile(file) && !file.startsWith(commandLine)).forEach(file -> entries.put(name(root, file), content(file)));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return entries;
    }

    private static String name(Path root, Path file) {
        return root.relativize(file).toString().replace('\\', '/');
    }

    private static byte[] content(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] jar(SortedMap<String, byte[]> entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream jar = new JarOutputStream(bytes)) {
            for (var entry : entries.entrySet()) {
                JarEntry header = new JarEntry(entry.getKey());
                header.setTime(0); // or the time of packing would change the digest
                jar.putNextEntry(header);
                jar.write(entry.getValue());
                jar.closeEntry();
            }
        }
        return bytes.toByteArray();
    }
}
