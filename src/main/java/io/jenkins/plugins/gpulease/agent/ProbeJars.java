package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.FilePath;
import hudson.remoting.Which;
import io.jenkins.plugins.gpulease.engine.probe.Probe;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/**
 * The class path of the probe: the engine's classes in one jar, and JNA's jar from Jenkins' core. It is copied to a node once
 * for each version.
 */
final class ProbeJars {

    private static final Logger LOGGER = Logger.getLogger(ProbeJars.class.getName());
    private static final Duration UNUSED = Duration.ofDays(7);
    private static final String FOLDER = "gpu-lease";
    private static final String JNA = "com.sun.jna.Native"; // by name: only the engine's binding may import JNA

    private final List<Jar> jars;
    private final String version;

    private record Jar(String name, byte[] content, String digest) {

        Jar(String name, byte[] content) {
            this(name, content, IntactFiles.digest(content));
        }
    }

    private ProbeJars(List<Jar> jars) {
        this.jars = List.copyOf(jars);
        String digests = jars.stream().map(Jar::digest).collect(Collectors.joining());
        this.version = IntactFiles.digest(digests.getBytes(StandardCharsets.US_ASCII)).substring(0, 16);
    }

    /** The jars of this plugin as it runs now. */
    @NonNull
    static ProbeJars pack() throws IOException {
        File jna;
        try {
            jna = Which.jarFile(Class.forName(JNA, false, ProbeJars.class.getClassLoader()));
        } catch (ClassNotFoundException e) {
            throw new IOException("This Jenkins has no JNA", e);
        }
        Jar engine = new Jar("gpu-lease-engine.jar", EngineJar.pack(Which.jarFile(Probe.class).toPath()));
        return new ProbeJars(List.of(engine, new Jar("jna.jar", Files.readAllBytes(jna.toPath()))));
    }

    /**
     * Copies the jars to a node, unless they are there already, with the very same content. Interrupted half way, it leaves no half jar.
     *
     * @param root the node's root folder
     * @return the class path, as paths on the node
     */
    @NonNull
    List<String> install(@NonNull FilePath root) throws IOException, InterruptedException {
        FilePath parent = root.child(FOLDER);
        FilePath folder = parent.child(version);
        List<String> intact = folder.act(new IntactFiles(digests()));
        List<String> classPath = new ArrayList<>();
        for (Jar jar : jars) {
            if (!intact.contains(jar.name())) {
                copy(jar, folder);
            }
            classPath.add(folder.child(jar.name()).getRemote());
        }
        if (intact.size() < jars.size()) {
            removeUnused(parent);
        }
        return classPath;
    }

    private Map<String, String> digests() {
        return jars.stream().collect(Collectors.toMap(Jar::name, Jar::digest));
    }

    private static void copy(Jar jar, FilePath folder) throws IOException, InterruptedException {
        FilePath target = folder.child(jar.name());
        folder.mkdirs();
        FilePath partial = folder.child(jar.name() + "." + UUID.randomUUID() + ".part");
        try {
            partial.copyFrom(new ByteArrayInputStream(jar.content()));
            partial.act(new Replace(target.getRemote()));
        } finally {
            partial.delete();
        }
    }

    /**
     * Removes other versions that no controller has used for a week; several may share the folder. Best effort: the probe of
     * one may just be ending.
     */
    private void removeUnused(FilePath parent) throws InterruptedException {
        long old = System.currentTimeMillis() - UNUSED.toMillis();
        try {
            for (FilePath other : parent.listDirectories()) {
                if (!other.getName().equals(version) && other.lastModified() < old) {
                    other.deleteRecursive();
                }
            }
        } catch (IOException e) {
            LOGGER.log(Level.FINE, e, () -> "An earlier version of the probe stays in " + parent);
        }
    }
}
