package io.jenkins.plugins.gpulease.agent;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gpulease.engine.device.Verdict;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The answer to a hand-out.
 *
 * @param verdicts by UUID; nothing of it is to be trusted
 * @param mps NVIDIA's Multi-Process Service runs there, which keeps programs within their budgets; false where nothing is shared
 */
record HandedOut(@NonNull Map<String, Verdict> verdicts, boolean mps) implements Serializable {

    HandedOut {
        verdicts = new LinkedHashMap<>(verdicts); // Map.copyOf doesn't pass Jenkins' class filter
    }
}
