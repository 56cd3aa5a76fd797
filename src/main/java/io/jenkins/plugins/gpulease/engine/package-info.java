/**
 * The engine: finding GPUs, choosing, leasing and watching them. Knows nothing of Jenkins; everything
 * below this package builds and tests with {@code pom-engine.xml}, which has no Jenkins on its classpath.
 *
 * <p>Arrows run {@code cli → probe, lease, host → placement, nvml, simulation, usage → device}, never back.
 */
package io.jenkins.plugins.gpulease.engine;
