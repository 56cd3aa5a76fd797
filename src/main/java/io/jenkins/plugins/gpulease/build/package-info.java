/**
 * What a build shows of its leases: the action and the file that keep them, its page and its REST data.
 */
package io.jenkins.plugins.gpulease.build;
