package io.jenkins.plugins.gpulease.engine.report;

import edu.umd.cs.findbugs.annotations.NonNull;

/** Leases of about the same number of devices. The order is that of stored reports: only append. */
public enum SizeClass {
    ONE(1, "1"),
    TWO(2, "2"),
    FEW(4, "3–4"),
    EIGHT(8, "5–8"),
    SIXTEEN(16, "9–16"),
    MANY(Integer.MAX_VALUE, "17+");

    private final int largest;
    private final String label;

    SizeClass(int largest, String label) {
        this.largest = largest;
        this.label = label;
    }

    @NonNull
    static SizeClass of(int devices) {
        for (SizeClass size : values()) {
            if (devices <= size.largest) {
                return size;
            }
        }
        return MANY;
    }

    /** The numbers of devices, for people. */
    @NonNull
    public String label() {
        return label;
    }
}
