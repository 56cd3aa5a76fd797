package io.jenkins.plugins.gpulease.agent;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotEquals;

import org.junit.Test;

public class NodeNamesTest {

    @Test
    public void eachNodeHasANameOfItsOwn() {
        assertEquals("built-in", NodeNames.of(""));
        assertEquals("agent-1", NodeNames.of("agent-1"));
        assertNotEquals(NodeNames.of(""), NodeNames.of("built-in"));
    }

    @Test
    public void aNameLeadsBackToItsNode() {
        for (String jenkinsName : new String[] {"", "agent-1", "built-in"}) {
            assertEquals(jenkinsName, NodeNames.jenkinsName(NodeNames.of(jenkinsName)));
        }
    }
}
