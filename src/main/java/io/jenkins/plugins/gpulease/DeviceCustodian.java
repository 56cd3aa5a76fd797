package io.jenkins.plugins.gpulease;

import hudson.ExtensionPoint;
import io.jenkins.plugins.gpulease.engine.lease.Custodian;

/** The way from the table of leases to the probes on the agents. There is exactly one. */
public interface DeviceCustodian extends Custodian, ExtensionPoint {}
