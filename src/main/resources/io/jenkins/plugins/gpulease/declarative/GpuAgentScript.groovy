package io.jenkins.plugins.gpulease.declarative

import org.jenkinsci.plugins.pipeline.modeldefinition.agent.CheckoutScript
import org.jenkinsci.plugins.pipeline.modeldefinition.agent.DeclarativeAgentScript
import org.jenkinsci.plugins.workflow.cps.CpsScript

/** Runs what is to run on the agent: inside a node, inside a gpu block that gets its GPUs together with that node. */
class GpuAgentScript extends DeclarativeAgentScript<GpuAgent> {

    GpuAgentScript(CpsScript script, GpuAgent agent) {
        super(script, agent)
    }

    @Override
    Closure run(Closure body) {
        Closure leased = {
            script.gpu(describable.stepArguments()) {
                script.node(describable.label) {
                    CheckoutScript.doCheckout(script, describable, describable.customWorkspace, body).call()
                }
            }
        }
        if (describable.retries <= 1) {
            return leased
        }
        return {
            script.retry(count: describable.retries, conditions: [script.agent(), script.nonresumable()]) {
                leased.call()
            }
        }
    }
}
