package io.jenkins.plugins.gpulease.queue;

import static io.jenkins.plugins.gpulease.Builds.log;
import static io.jenkins.plugins.gpulease.Builds.start;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.junit.Assert.assertTrue;

import hudson.model.Slave;
import hudson.security.ACL;
import hudson.security.Permission;
import hudson.slaves.Cloud;
import hudson.slaves.JNLPLauncher;
import hudson.slaves.NodeProvisioner.PlannedNode;
import io.jenkins.plugins.gpulease.Eventually;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.test.steps.SemaphoreStep;
import org.junit.After;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.springframework.security.core.Authentication;

/** What other plugins throw when they are asked where items may run. */
public class OtherPluginsFaultsTest {

    @Rule
    public final JenkinsRule jenkins = new JenkinsRule();

    @After
    public void nothingIsLeft() throws Exception {
        Eventually.awaitNoLeaseAndNoWaiter();
    }

    @Test
    public void aCloudThatFailsKeepsNobodyFromTheGpusThatAreThere() throws Exception {
        GpuTestNodes.simulatedAgent(jenkins, "agent", "1xT4:16GB", "linux", 1);
        jenkins.jenkins.clouds.add(new BrokenCloud());
        WorkflowRun busy = start(jenkins, "node('linux') { semaphore 'busy' }");
        SemaphoreStep.waitForStart("busy/1", busy);
        WorkflowRun build = start(jenkins, "gpu { node('linux') { echo \"on=${env.NODE_NAME}\" } }");
        jenkins.waitForMessage("no executor idle", build);
        SemaphoreStep.success("busy/1", null);

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
        assertThat(log(build), containsString("on=agent"));
        jenkins.waitForCompletion(busy);
    }

    @Test
    public void anItemThatCouldNotBeLookedAtIsLookedAtAgain() throws Exception {
        Slave agent = GpuTestNodes.simulatedAgent(jenkins, "agent", "1xT4:16GB", "linux", 1);
        AtomicInteger faults = new AtomicInteger(1);
        jenkins.jenkins.addNode(new BrokenNode("broken", agent.getRemoteFS(), faults));

        WorkflowRun build = start(jenkins, "gpu { node('linux') { echo \"on=${env.NODE_NAME}\" } }");

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
        assertThat(log(build), containsString("on=agent"));
        assertTrue("it has failed", faults.get() < 1);
    }

    private static final class BrokenCloud extends Cloud {

        BrokenCloud() {
            super("broken");
        }

        @Override
        public boolean canProvision(CloudState state) {
            throw new IllegalStateException("a cloud that fails");
        }

        @Override
        public Collection<PlannedNode> provision(CloudState state, int excessWorkload) {
            return List.of();
        }
    }

    /** Its access control fails so many times when the queue's items are looked at. */
    private static final class BrokenNode extends Slave {

        private static final long serialVersionUID = 1L;

        private final transient AtomicInteger faults;

        BrokenNode(String name, String folder, AtomicInteger faults) throws Exception {
            super(name, folder, new JNLPLauncher());
            setLabelString("linux");
            this.faults = faults;
        }

        @Override
        public ACL getACL() {
            ACL real = super.getACL();
            return new ACL() {
                @Override
                public boolean hasPermission2(Authentication user, Permission permission) {
                    boolean ours = StackWalker.getInstance().walk(frames -> frames.anyMatch(frame -> frame.getClassName().equals(
                            LabelReach.class.getName())));
                    if (ours && faults.getAndDecrement() > 0) {
                        throw new IllegalStateException("access control that fails");
                    }
                    return real.hasPermission2(user, permission);
                }
            };
        }
    }
}
