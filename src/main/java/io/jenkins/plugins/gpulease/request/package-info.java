/**
 * What all have in common that ask for GPUs, be it a block of a Pipeline, an agent of Declarative or another build: parameters
 * and what can be wrong with them, the wait for the lease, and what is written into the log.
 */
package io.jenkins.plugins.gpulease.request;
