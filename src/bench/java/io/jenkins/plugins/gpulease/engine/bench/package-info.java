/** Runs the benchmarks of the engine and reports them; they themselves are in the packages that they measure. Not part of any product. */
package io.jenkins.plugins.gpulease.engine.bench;
