package io.jenkins.plugins.gpulease;

import static io.jenkins.plugins.gpulease.WebMethodTable.MAY_READ_JOBS;
import static io.jenkins.plugins.gpulease.WebMethodTable.NODE;
import static io.jenkins.plugins.gpulease.WebMethodTable.USERS;
import static org.hamcrest.Matchers.anyOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.Assert.assertEquals;

import hudson.model.FreeStyleProject;
import hudson.model.Item;
import hudson.slaves.DumbSlave;
import io.jenkins.plugins.gpulease.WebMethodTable.Row;
import io.jenkins.plugins.gpulease.build.LiveHolders;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.lease.DeviceState;
import io.jenkins.plugins.gpulease.engine.lease.DeviceView;
import io.jenkins.plugins.gpulease.engine.lease.GrantListener;
import io.jenkins.plugins.gpulease.engine.lease.Holder;
import io.jenkins.plugins.gpulease.engine.lease.Lease;
import io.jenkins.plugins.gpulease.engine.lease.LeaseFailure;
import io.jenkins.plugins.gpulease.engine.lease.LeaseRequest;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import io.jenkins.plugins.gpulease.wrapper.GpuBuildWrapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.logging.Level;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jenkins.model.Jenkins;
import org.junit.After;
import org.junit.Before;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.ErrorCollector;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.LoggerRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.TestExtension;

/** The {@link WebMethodTable}: that nothing is missing in it, and that it is true. */
public class WebMethodsTest {

    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    static {
        JENKINS.timeout = 600; // s; it counts for all tests together
    }

    @Rule
    public final LoggerRule logged = new LoggerRule().record("io.jenkins.plugins.gpulease.dashboard", Level.INFO).capture(1000);

    @Rule
    public final ErrorCollector wrong = new ErrorCollector();

    private static final List<DeviceState> UNTOUCHED = List.of(DeviceState.LEASED, DeviceState.IDLE, DeviceState.DRAINED);

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private static final GrantListener NOBODY = new GrantListener() {
        @Override
        public void onGranted(Lease lease) {}

        @Override
        public void onFailed(LeaseFailure failure) {}
    };

    private static DumbSlave agent;
    private static List<Device> devices;
    private static int requests;

    private static String lease = "none";
    private static String waits = "none";

    /** Keeps what no build stands for from being ended. */
    @TestExtension
    public static final class Standing implements LiveHolders {

        @Override
        public Set<String> liveIds() {
            return Set.of(lease, waits);
        }
    }

    @BeforeClass
    public static void threeGpusABuildAndUsers() throws Exception {
        agent = GpuTestNodes.simulatedAgent(JENKINS, NODE, "3xH100:80GB");
        devices = GpuTestNodes.view(agent).inventory().devices();
        FreeStyleProject secret = JENKINS.createFreeStyleProject("secret");
        secret.getBuildWrappersList().add(new GpuBuildWrapper());
        JENKINS.buildAndAssertSuccess(secret);
        JENKINS.jenkins.setSecurityRealm(JENKINS.createDummySecurityRealm());
        JENKINS.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ).everywhere().to("reader", "builder", "viewer", "manager")
                .grant(Item.READ, Item.BUILD).everywhere().to("builder")
                .grant(GpuPermissions.VIEW).everywhere().to("viewer", "locked out")
                .grant(GpuPermissions.MANAGE).everywhere().to("manager", "locked out")
                .grant(Jenkins.ADMINISTER).everywhere().to("admin"));
    }

    /** A lease on the first GPU, the second one idle, the third one drained, and a request that waits. */
    @Before
    public void aLeaseAndARequest() throws Exception {
        requests++;
        lease = "lease-" + requests;
        waits = "waits-" + requests;
        GpuLeases.get().table().adopt(new Lease(lease, NODE, devices.subList(0, 1), null,
                new Holder("secret#1/" + lease, "secret #1"), null, Instant.now(), Instant.now()));
        send("POST", "gpu-leases/drain?reason=worn+out&device=" + devices.get(2).uuid(), "admin", true);
        GpuLeases.get().table().request(new LeaseRequest(waits, NODE, DeviceRequest.of(3),
                new Holder("secret#2/" + waits, "secret #2"), 0, null, false), NOBODY);
    }

    @After
    public void everythingIsBack() throws Exception {
        GpuLeases.get().table().cancel(waits);
        GpuLeases.get().table().release(lease);
        for (Device device : devices) {
            send("POST", "gpu-leases/undrain?device=" + device.uuid(), "admin", true);
        }
        Eventually.await("no diagnosis goes on", () -> !send("GET", "computer/" + NODE + "/gpus/diagnosis/", "admin", true)
                .body()
                .contains("this page loads itself again"));
        Eventually.await("all are idle", () -> GpuTestNodes.view(agent).count(DeviceState.IDLE) == 3);
    }

    private static List<DeviceState> states() {
        return GpuTestNodes.view(agent).devices().stream().map(DeviceView::state).toList();
    }

    private static HttpResponse<String> send(String method, String path, String user, boolean crumb) throws Exception {
        String real = path.replace("LEASE", lease).replace("WAITS", waits)
                .replace("IDLE", devices.get(1).uuid()).replace("DRAINED", devices.get(2).uuid());
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(JENKINS.getURL() + real))
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (!user.isEmpty()) {
            String credentials = Base64.getEncoder().encodeToString((user + ":" + user).getBytes(StandardCharsets.UTF_8));
            request.header("Authorization", "Basic " + credentials);
        }
        if (crumb) {
            request.header(JENKINS.jenkins.getCrumbIssuer().getCrumbRequestField(), "test");
        }
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private List<String> done() {
        return logged.getMessages().stream().filter(line -> line.contains(" on " + NODE + ": ")).toList();
    }

    // ---- tests

    @Test
    public void theTableHasEachWebMethod() throws IOException {
        Set<String> inTable = WebMethodTable.ROWS.stream()
                .flatMap(row -> Stream.of(row.of().split(" ")))
                .collect(Collectors.toCollection(TreeSet::new));

        assertEquals(String.join("\n", new WebMethods(Path.of("target", "classes")).find()), String.join("\n", inTable));
    }

    @Test
    public void eachAnswerIsForWhoMayHaveIt() throws Exception {
        for (Row row : WebMethodTable.ROWS) {
            for (String user : USERS) {
                int before = done().size();
                HttpResponse<String> answer = send(row.method(), row.path(), user, true);
                String what = row + " by '" + user + "'";

                wrong.checkThat(what, answer.statusCode(), is(row.status(user)));
                if (row.mark() != null && answer.statusCode() == 200) {
                    wrong.checkThat(what + " is told: " + answer.body(), answer.body().contains(row.mark()), is(row.told().contains(user)));
                }
                if (!row.path().contains("secret") && !MAY_READ_JOBS.contains(user)) {
                    wrong.checkThat(what, answer.body(), not(containsString("secret")));
                }
                checkActs(what, user, row.isAction() && answer.statusCode() < 400, before);
            }
        }
    }

    /** Whoever may do something has done it, and the log says so; whoever may not has changed nothing. */
    private void checkActs(String what, String user, boolean acts, int before) throws Exception {
        List<String> since = done().subList(before, done().size());
        wrong.checkThat(what + ": " + since, since.size(), is(acts ? 1 : 0));
        wrong.checkThat(what, since, everyItem(startsWith(user + " on " + NODE + ": ")));
        if (acts) {
            everythingIsBack();
            aLeaseAndARequest();
        }
        wrong.checkThat(what, states(), is(UNTOUCHED));
    }

    @Test
    public void whatIsForAPostIsRefusedToAGetAndWithoutACrumb() throws Exception {
        int before = done().size();
        for (Row row : WebMethodTable.ROWS.stream().filter(Row::isPost).toList()) {
            HttpResponse<String> get = send("GET", row.path(), "admin", true);
            wrong.checkThat("GET of " + row, get.statusCode(), anyOf(is(404), is(405)));

            HttpResponse<String> forged = send("POST", row.path(), "admin", false);
            wrong.checkThat(row + " without crumb", forged.statusCode(), is(403));
            wrong.checkThat(row + " without crumb", forged.body(), containsString("No valid crumb"));
        }
        assertEquals(before, done().size());
        assertEquals(UNTOUCHED, states());
    }

    @Test
    public void permissionsForGpusAloneOpenNothing() throws Exception {
        for (Row row : WebMethodTable.ROWS) {
            wrong.checkThat(row.toString(), send(row.method(), row.path(), "locked out", true).statusCode(), is(403));
        }
    }
}
