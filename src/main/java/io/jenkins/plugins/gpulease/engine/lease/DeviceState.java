package io.jenkins.plugins.gpulease.engine.lease;

/** Where a device stands. */
public enum DeviceState {
    /** Nobody leases it and nothing runs on it, as far as is known; it is verified before it is handed out. */
    IDLE,
    /** Chosen for a request; being verified. */
    OFFERED,
    LEASED,
    /** Its lease has ended; being checked. */
    RETURNING,
    /** A process that is not ours uses it, or another holder on the host. */
    OCCUPIED,
    /** It came back but is not clean, or it is sick. */
    QUARANTINED,
    /** It would be idle, but a person has taken it out of service. */
    DRAINED,
    /** Its node can't be asked now. */
    UNKNOWN
}
