package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.remoting.VirtualChannel;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import jenkins.MasterToSlaveFileCallable;

/**
 * Which files of a folder have the content that they should have: a length says nothing after a crash, nor of a file that
 * somebody has changed. Runs in the agent's JVM.
 */
final class IntactFiles extends MasterToSlaveFileCallable<ArrayList<String>> {

    private static final long serialVersionUID = 1L;

    private final LinkedHashMap<String, String> digests;

    /** @param digests SHA-256 by name of the file, in hexadecimal digits */
    IntactFiles(@NonNull Map<String, String> digests) {
        this.digests = new LinkedHashMap<>(digests);
    }

    /** SHA-256 in hexadecimal digits. */
    @NonNull
    static String digest(@NonNull byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) { // every Java has it
            throw new IllegalStateException(e);
        }
    }

    @Override
    public ArrayList<String> invoke(File folder, VirtualChannel channel) throws IOException {
        ArrayList<String> intact = new ArrayList<>();
        for (Map.Entry<String, String> expected : digests.entrySet()) {
            Path file = folder.toPath().resolve(expected.getKey());
            if (Files.isRegularFile(file) && digest(Files.readAllBytes(file)).equals(expected.getValue())) {
                intact.add(expected.getKey());
            }
        }
        if (!intact.isEmpty()) { // so that nobody takes it for one that is out of use
            Files.setLastModifiedTime(folder.toPath(), FileTime.from(Instant.now()));
        }
        return intact;
    }
}
