/**
 * GPUs of the agents: the node property, discovery, and the probe's life on an agent. Feeds inventories into the table of
 * leases and is its custodian. Talks to agents asynchronously only; nothing that comes from one is trusted.
 */
package io.jenkins.plugins.gpulease.agent;
