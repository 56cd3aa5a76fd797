/**
 * What the newest builds of a job did with GPUs: a box on the job's page and a page of its own. Builds are loaded only when
 * somebody looks, never while a page of Jenkins is rendered, and never more than the newest few.
 */
package io.jenkins.plugins.gpulease.build.trend;
