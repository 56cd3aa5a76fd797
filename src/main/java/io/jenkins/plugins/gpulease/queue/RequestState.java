package io.jenkins.plugins.gpulease.queue;

/** Where a {@link QueuedRequest} stands. */
enum RequestState {
    /** Asks for nothing. */
    IDLE,
    /** Has asked. */
    ASKING,
    /** May start with a lease. */
    GRANTED,
    /** Has started with a lease. */
    STARTED,
    /** Nobody wants it any more. */
    OVER
}
