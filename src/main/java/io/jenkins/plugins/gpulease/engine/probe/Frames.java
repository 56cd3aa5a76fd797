package io.jenkins.plugins.gpulease.engine.probe;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.io.StreamCorruptedException;
import java.nio.ByteBuffer;

/**
 * Messages on a pipe: four bytes of length, then one serialized object. Only values of the engine and of a few classes of the
 * JDK are read.
 */
public final class Frames {

    /** An inventory of 64 GPUs with 7 MIG instances each takes less than 200 KiB. */
    static final int MAX_BYTES = 4 << 20;

    private static final ObjectInputFilter ALLOWED = ObjectInputFilter.Config.createFilter("maxbytes=" + MAX_BYTES
            + ";maxdepth=20;maxrefs=500000;maxarray=" + MAX_BYTES
            + ";io.jenkins.plugins.gpulease.engine.**"
            + ";java.lang.Boolean;java.lang.Double;java.lang.Enum;java.lang.Integer;java.lang.Long;java.lang.Number"
            + ";java.lang.Object;java.lang.String;java.time.Duration;java.time.Instant;java.time.Ser;java.util.ArrayList"
            + ";java.util.CollSer;java.util.HashMap;java.util.ImmutableCollections$List12"
            + ";java.util.ImmutableCollections$ListN;java.util.LinkedHashMap;java.util.Map$Entry;!*");

    private Frames() {}

    /**
     * A message as it goes over the pipe.
     *
     * @throws IOException if it can't be serialized or is too large
     */
    @NonNull
    public static byte[] encode(@NonNull Serializable message) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(new byte[Integer.BYTES]);
        try (ObjectOutputStream objects = new ObjectOutputStream(bytes)) {
            objects.writeObject(message);
        }
        int length = bytes.size() - Integer.BYTES;
        if (length > MAX_BYTES) {
            throw new IOException("A message of " + length + " bytes is more than the " + MAX_BYTES + " that are allowed");
        }
        return ByteBuffer.wrap(bytes.toByteArray()).putInt(0, length).array();
    }

    /**
     * Waits for one message.
     *
     * @return null if the other end closed the pipe between two messages
     * @throws StreamCorruptedException if something else than such a message comes
     */
    @CheckForNull
    public static <T> T read(@NonNull DataInputStream in, @NonNull Class<T> type) throws IOException {
        int first = in.read();
        if (first < 0) {
            return null;
        }
        int length = first << Byte.SIZE * 3 | in.readUnsignedByte() << Byte.SIZE * 2 | in.readUnsignedShort();
        if (length <= 0 || length > MAX_BYTES) {
            throw new StreamCorruptedException("Not a message: a length of " + length + " bytes");
        }
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("The pipe ended within a message");
        }
        return parse(bytes, type);
    }

    private static <T> T parse(byte[] bytes, Class<T> type) throws IOException {
        try (ObjectInputStream objects = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
            objects.setObjectInputFilter(ALLOWED);
            return type.cast(objects.readObject());
        } catch (IOException | ClassNotFoundException | RuntimeException e) {
            throw (IOException) new StreamCorruptedException("Not a message: " + e).initCause(e);
        }
    }
}
