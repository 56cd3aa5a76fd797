package io.jenkins.plugins.gpulease.dashboard;

import hudson.model.FreeStyleProject;
import hudson.model.Item;
import io.jenkins.plugins.gpulease.Eventually;
import io.jenkins.plugins.gpulease.GpuLeases;
import io.jenkins.plugins.gpulease.GpuPermissions;
import io.jenkins.plugins.gpulease.GpuTestNodes;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.lease.DeviceState;
import io.jenkins.plugins.gpulease.engine.lease.GrantListener;
import io.jenkins.plugins.gpulease.engine.lease.Holder;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.lease.LeaseFailure;
import io.jenkins.plugins.gpulease.engine.lease.LeaseRequest;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import java.net.URL;
import java.time.Instant;
import java.util.List;
import jenkins.model.Jenkins;
import net.sf.json.JSONObject;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.htmlunit.WebResponse;
import org.junit.After;
import org.junit.Before;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.JenkinsRule.WebClient;
import org.jvnet.hudson.test.MockAuthorizationStrategy;

/** A Jenkins with two GPUs, a lease that only friends of a job may name, a request that waits, and users with different permissions. */
public abstract class WatchedGpus {

    private static final GrantListener NOBODY = new GrantListener() {
        @Override
        public void onGranted(Lease lease) {}

        @Override
        public void onFailed(LeaseFailure failure) {}
    };

    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    static FreeStyleProject secret;
    static List<Device> devices;

    private static int tests;

    /** Other ones in each test, since no block stands for them, and what is seen twice is ended. */
    String held;

    String waits;

    @BeforeClass
    public static void twoGpusAndUsers() throws Exception {
        JENKINS.jenkins.setSecurityRealm(JENKINS.createDummySecurityRealm());
        secret = JENKINS.createFreeStyleProject("secret");
        JENKINS.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ).everywhere().to("reader", "friend", "manager")
                .grant(Item.READ).onItems(secret).to("friend")
                .grant(GpuPermissions.MANAGE).everywhere().to("manager")
                .grant(Jenkins.ADMINISTER).everywhere().to("admin"));
        GpuTestNodes.simulateBuiltIn(JENKINS, "2xH100:80GB");
        devices = GpuTestNodes.view(JENKINS.jenkins).inventory().devices();
    }

    @Before
    public void aLeaseAndARequest() {
        tests++;
        held = "held-" + tests;
        waits = "waits-" + tests;
        GpuLeases.get().table().adopt(new Lease(held, "built-in", devices.subList(0, 1), null,
                new Holder("secret#1/" + held, "secret #1"), null, Instant.now(), Instant.now()));
        GpuLeases.get().table().request(new LeaseRequest(waits, "built-in", DeviceRequest.of(2),
                new Holder("secret#2/" + waits, "secret #2"), 0, null, false), NOBODY);
    }

    @After
    public void everythingIsBack() throws Exception {
        GpuLeases.get().table().cancel(waits);
        GpuLeases.get().table().release(waits); // which it got when the other one was released
        GpuLeases.get().table().release(held);
        for (Device device : devices) {
            DrainedDevices.get().remove(device.uuid());
        }
        Eventually.await("both are idle", () -> GpuTestNodes.view(JENKINS.jenkins).count(DeviceState.IDLE) == 2);
    }

    static WebClient client(String user) throws Exception {
        WebClient client = JENKINS.createWebClient().withThrowExceptionOnFailingStatusCode(false);
        return user == null ? client : client.withBasicApiToken(user);
    }

    static WebResponse get(String user, String path) throws Exception {
        return client(user).getPage(new WebRequest(new URL(JENKINS.getURL(), "gpu-leases/" + path))).getWebResponse();
    }

    static WebResponse post(String user, String path) throws Exception {
        WebRequest request = new WebRequest(new URL(JENKINS.getURL(), "gpu-leases/" + path), HttpMethod.POST);
        return client(user).getPage(request).getWebResponse();
    }

    /** As its change may be up to a second old. */
    JSONObject live(String user) throws Exception {
        Eventually.await("the snapshot is up to date", () -> Live.get().snapshot().nodes().stream()
                .anyMatch(part -> part.waiters().stream().anyMatch(waiter -> waiter.id().equals(waits))));
        return JSONObject.fromObject(get(user, "live").getContentAsString());
    }

    static DeviceState state(int device) {
        return GpuTestNodes.view(JENKINS.jenkins).devices().get(device).state();
    }
}
