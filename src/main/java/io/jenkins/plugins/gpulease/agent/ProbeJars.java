package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.FilePath;
import hudson.remoting.Which;
import io.jenkins.plugins.gpulease.engine.probe.Probe;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The class path of the probe: the engine's classes in one jar, and JNA's jar from Jenkins' core. It is copied to a node once
 * for each version.
 */
final class ProbeJars {

    private static final Logger LOGGER = Logger.getLogger(ProbeJars.class.getName());
    private static final String FOLDER = "gpu-lease";
    private static final String JNA = "com.sun.jna.Native"; // by name: only the engine's binding may import JNA

    private final List<Jar> jars;
    private final String version;

    private record Jar(String name, byte[] content) {}

    private ProbeJars(List<Jar> jars) {
        this.jars = List.copyOf(jars);
        this.version = digest(jars);
    }

    private static String digest(List<Jar> jars) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            jars.forEach(jar -> digest.update(jar.content()));
            return HexFormat.of().formatHex(digest.digest()).substring(0, 16);
        } catch (NoSuchAlgorithmException e) { // every Java has it
            throw new IllegalStateException(e);
        }
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
     * Copies the jars to a node, unless they are there already. Interrupted half way, it leaves no half jar.
     *
     * @param root the node's root folder
     * @return the class path, as paths on the node
     */
    @NonNull
    List<String> install(@NonNull FilePath root) throws IOException, InterruptedException {
        FilePath parent = root.child(FOLDER);
        FilePath folder = parent.child(version);
        List<String> classPath = new ArrayList<>();
        boolean copied = false;
        for (Jar jar : jars) {
            copied |= copy(jar, folder);
            classPath.add(folder.child(jar.name()).getRemote());
        }
        if (copied) {
            removeOthers(parent);
        }
        return classPath;
    }

    private static boolean copy(Jar jar, FilePath folder) throws IOException, InterruptedException {
        FilePath target = folder.child(jar.name());
        if (target.length() == jar.content().length) {
            return false;
        }
        folder.mkdirs();
        FilePath partial = folder.child(jar.name() + "." + UUID.randomUUID() + ".part");
        try {
            partial.copyFrom(new ByteArrayInputStream(jar.content()));
            partial.act(new Replace(target.getRemote()));
        } finally {
            partial.delete();
        }
        return true;
    }

    /** Best effort: the probe of an earlier version may just be ending. */
    private void removeOthers(FilePath parent) throws InterruptedException {
        try {
            for (FilePath other : parent.listDirectories()) {
                if (!other.getName().equals(version)) {
                    other.deleteRecursive();
                }
            }
        } catch (IOException e) {
            LOGGER.log(Level.FINE, e, () -> "An earlier version of the probe stays in " + parent);
        }
    }
}
