/**
 * What a build shows of its leases: the action that keeps them, its page and its REST data.
 */
package io.jenkins.plugins.gpulease.build;
