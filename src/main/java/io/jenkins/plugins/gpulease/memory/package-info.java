/**
 * What earlier builds of a job needed: {@code BuildLessons} collects the peaks of a running build, {@code JobMemory} keeps those of
 * builds that succeeded in a small file beside them, {@code LearnedMemory} is asked when a block begins. Files are written when a build
 * ends, and read at the first question about a job, under the lock of that job's lessons alone.
 */
package io.jenkins.plugins.gpulease.memory;
