package io.jenkins.plugins.gpulease.engine.doctor;

/** How much a finding matters, worst first. */
public enum Severity {
    /** A GPU can't be used, or a request can't be served, until this is cured. */
    PROBLEM,
    /** Works, but something will go wrong or slowly. */
    WARNING,
    /** Good to know; also what couldn't be told. */
    INFO,
    /** As it should be. */
    OK
}
