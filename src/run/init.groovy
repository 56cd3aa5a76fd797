// Sets up the Jenkins of bin/run: who may do what, a GPU agent, and a demo Pipeline that is started once.
import hudson.model.Cause
import hudson.model.CauseAction
import hudson.model.Node
import hudson.model.User
import hudson.security.FullControlOnceLoggedInAuthorizationStrategy
import hudson.security.HudsonPrivateSecurityRealm
import hudson.slaves.DumbSlave
import hudson.slaves.JNLPLauncher
import io.jenkins.plugins.gpulease.agent.GpuNodeProperty
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.StandardCopyOption
import java.nio.file.attribute.PosixFilePermissions
import jenkins.model.Jenkins
import jenkins.model.JenkinsLocationConfiguration
import jenkins.security.ApiTokenProperty
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition
import org.jenkinsci.plugins.workflow.job.WorkflowJob

def given = { name -> System.getenv('DEMO_' + name) }
def jenkins = Jenkins.get()

/** Written at once and readable for this user only: bin/run waits for these files. */
def keep = { name, text ->
    def ownersOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString('rw-------'))
    def draft = Files.createTempFile(Path.of(given('FOLDER')), name, '.draft', ownersOnly)
    Files.writeString(draft, text)
    Files.move(draft, Path.of(given('FOLDER'), name), StandardCopyOption.ATOMIC_MOVE)
}

JenkinsLocationConfiguration.get().url = given('URL')

// Everybody on this machine may look; to change something, log in.
def realm = new HudsonPrivateSecurityRealm(false)
realm.createAccount('admin', given('PASSWORD'))
jenkins.securityRealm = realm
def strategy = new FullControlOnceLoggedInAuthorizationStrategy()
strategy.allowAnonymousRead = true
jenkins.authorizationStrategy = strategy
def token = User.getById('admin', true).getProperty(ApiTokenProperty).generateNewToken('bin/run').plainValue
keep('admin.token', token)

jenkins.numExecutors = 0
jenkins.quietPeriod = 0
jenkins.systemMessage = 'GPU Lease for Jenkins, started by bin/run'
jenkins.save()

def agent = new DumbSlave(given('NODE'), given('FOLDER') + '/agent', new JNLPLauncher(true))
agent.numExecutors = 12
agent.mode = Node.Mode.NORMAL
if (given('DEVICES')) {
    def gpus = new GpuNodeProperty()
    gpus.simulatedGpus = given('DEVICES')
    agent.nodeProperties.add(gpus)
}
jenkins.addNode(agent)

def job = jenkins.createProject(WorkflowJob, given('JOB'))
job.description = 'Builds that contend for the GPUs of one agent.'
job.definition = new CpsFlowDefinition(new File(given('SCRIPT')).text, true)
job.save()
job.scheduleBuild2(0, new CauseAction(new Cause.UserIdCause('admin')))

keep('agent.secret', jenkins.getComputer(given('NODE')).jnlpMac)
