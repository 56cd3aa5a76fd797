/**
 * Why a machine's GPUs aren't seen: checks that each look at one cause and give findings with a cure.
 *
 * <p>{@link io.jenkins.plugins.gpulease.engine.doctor.Doctor} is the way in. A check is a pure function of a
 * {@link io.jenkins.plugins.gpulease.engine.doctor.Machine}: its files, its environment, and what the driver said. Whatever may hang
 * or crash in the driver (opening its device files, NVML) happens in a child process with a deadline, before the checks.
 */
package io.jenkins.plugins.gpulease.engine.doctor;
