/**
 * What an administrator sets for the whole controller, by form or as code. Other rooms don't read it: what is set is taken to them, at
 * the start and at each change.
 */
package io.jenkins.plugins.gpulease.config;
