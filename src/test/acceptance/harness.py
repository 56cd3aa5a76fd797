"""A real Jenkins, a real inbound agent and the fake NVML library, each as a process that a test may kill.

Python 3.8 or newer, standard library only. Everything listens on 127.0.0.1 and is ended by its process id.
"""

import base64
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import time
import urllib.parse
import urllib.request
import uuid

HERE = os.path.dirname(os.path.abspath(__file__))


def await_that(what, condition, seconds=60, interval=0.2):
    """The first true value of a condition; AssertionError with what was waited for after that many seconds."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s in vain: {what}")
        time.sleep(interval)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_alive(pid):
    """Whether a process runs; a zombie that nobody has waited for does not."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def command_line(pid):
    try:
        with open(f"/proc/{pid}/cmdline") as cmdline:
            return cmdline.read().replace("\0", " ")
    except OSError:
        return ""


def children(pid):
    """Process ids of the direct children."""
    try:
        result = []
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/children") as file:
                result += [int(child) for child in file.read().split()]
        return result
    except OSError:
        return []


def processor_seconds(pid):
    """Processor time that a process has used so far, its ended children not included."""
    with open(f"/proc/{pid}/stat") as stat:
        user, system = stat.read().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


class Process:
    """A child process with a log file."""

    def __init__(self, name, command, log, env=None):
        self.name = name
        self._log = log
        with open(log, "ab") as out:
            self._popen = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, env=env, start_new_session=True)

    @property
    def pid(self):
        return self._popen.pid

    def check_alive(self):
        if self._popen.poll() is not None:
            with open(self._log, errors="replace") as log:
                tail = "".join(log.readlines()[-30:])
            raise AssertionError(f"{self.name} ended with exit code {self._popen.returncode}; {self._log} ends:\n{tail}")

    def kill9(self):
        self._popen.kill()
        self._popen.wait()

    def stop(self, seconds=30):
        if self._popen.poll() is None:
            self._popen.terminate()
            try:
                self._popen.wait(seconds)
            except subprocess.TimeoutExpired:
                self.kill9()


class Jenkins:
    """A controller at some URL, seen by an administrator."""

    def __init__(self, url, user, token):
        self.url = url.rstrip("/")
        self._authorization = "Basic " + base64.b64encode(f"{user}:{token}".encode()).decode()

    def request(self, path, data=None, timeout=60):
        body = None if data is None else urllib.parse.urlencode(data).encode()
        request = urllib.request.Request(self.url + path, body, {"Authorization": self._authorization})
        # Never through a proxy: what is tested is on this machine.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=timeout) as response:
            return response.read().decode()

    def api(self, path, tree):
        return json.loads(self.request(f"{path}/api/json?tree={urllib.parse.quote(tree)}"))

    def groovy(self, script, timeout=600):
        """Runs a Groovy script as the controller's script console does and returns what it prints."""
        answer = self.request("/scriptText", {"script": script + "\nreturn"}, timeout)
        if re.search(r"^\S*(Exception|Error)\b.*\n\s+at ", answer, re.MULTILINE):
            raise AssertionError(f"the script failed: {answer[:2000]}")
        return answer.strip()

    def is_up(self):
        """Whether it serves requests. While it starts, it must only be asked with GET: its crumb filter isn't ready."""
        try:
            return self.api("", "mode") is not None
        except OSError:
            return False

    # ---- agents

    def create_agent(self, name, executors, remote_root, property_script=""):
        """A node for an inbound agent over WebSocket. The script makes its property of a variable named `node`."""
        self.groovy(f"""
            def node = new hudson.slaves.DumbSlave({quoted(name)}, {quoted(remote_root)},
                new hudson.slaves.JNLPLauncher(true))
            node.numExecutors = {executors}
            node.mode = hudson.model.Node.Mode.EXCLUSIVE
            node.retentionStrategy = hudson.slaves.RetentionStrategy.INSTANCE
            {property_script}
            jenkins.model.Jenkins.get().addNode(node)
        """)

    def agent_secret(self, name):
        return self.groovy(f"print jenkins.model.Jenkins.get().getComputer({quoted(name)}).jnlpMac")

    def is_online(self, name):
        return self.groovy(f"print jenkins.model.Jenkins.get().getComputer({quoted(name)})?.online") == "true"

    def remove_agent(self, name):
        self.groovy(f"""
            def node = jenkins.model.Jenkins.get().getNode({quoted(name)})
            if (node != null) jenkins.model.Jenkins.get().removeNode(node)
        """)

    # ---- builds

    def create_pipeline(self, name, script):
        self.groovy(f"""
            def job = jenkins.model.Jenkins.get().getItem({quoted(name)})
                ?: jenkins.model.Jenkins.get().createProject(org.jenkinsci.plugins.workflow.job.WorkflowJob, {quoted(name)})
            job.definition = new org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition({quoted(script)}, true)
            job.save()
        """)

    def start(self, job, script=None):
        """Starts a build and waits until it runs."""
        if script is not None:
            self.create_pipeline(job, script)
        number = self.groovy(f"""
            def job = jenkins.model.Jenkins.get().getItem({quoted(job)})
            print job.scheduleBuild2(0).waitForStart().number
        """)
        return Build(self, job, int(number))

    def delete_job(self, name):
        self.groovy(f"jenkins.model.Jenkins.get().getItem({quoted(name)})?.delete()")

    # ---- leases

    def counts(self, node):
        """Leases and waiters of a node."""
        leases, waiters = self.groovy(f"""
            def view = io.jenkins.plugins.gpulease.GpuLeases.get().table().view({quoted(node)})
            print view.map {{ it.leases().size() + ' ' + it.waiters().size() }}.orElse('0 0')
        """).split()
        return int(leases), int(waiters)

    def device_states(self, node):
        """State by UUID, empty while the node isn't known."""
        answer = self.groovy(f"""
            def view = io.jenkins.plugins.gpulease.GpuLeases.get().table().view({quoted(node)})
            if (view.present) view.get().devices().each {{ println it.device().uuid() + ' ' + it.state() }}
        """)
        return dict(line.split() for line in answer.splitlines())


class Build:
    """A build of a Pipeline."""

    def __init__(self, jenkins, job, number):
        self._jenkins = jenkins
        self.job = job
        self.number = number

    @property
    def name(self):
        return f"{self.job} #{self.number}"

    def console(self):
        return self._jenkins.request(f"/job/{self.job}/{self.number}/consoleText")

    def result(self):
        """SUCCESS, FAILURE, ABORTED …; None while it runs."""
        state = self._jenkins.api(f"/job/{self.job}/{self.number}", "building,result")
        return None if state["building"] else state["result"]

    def await_console(self, pattern, seconds=60):
        def search():
            return re.search(pattern, self.console(), re.MULTILINE)
        try:
            return await_that(f"'{pattern}' in the console of {self.name}", search, seconds)
        except AssertionError as e:
            raise AssertionError(f"{e}\n{indented(self.console())}") from e

    def await_result(self, expected, seconds=120):
        result = await_that(f"end of {self.name}", self.result, seconds)
        if result != expected:
            raise AssertionError(f"{self.name} ended as {result}, not {expected}:\n{indented(self.console())}")

    def stop(self):
        self._jenkins.request(f"/job/{self.job}/{self.number}/stop", {})


class Controller:
    """A Jenkins of this machine, started from a war file in a home of its own."""

    USER = "admin"

    def __init__(self, war, plugins, folder, java="java"):
        """
        :param plugins: hpi files
        :param folder: an existing folder for the home and the log
        """
        self._java = java
        self._war = war
        self._folder = folder
        self._home = os.path.join(folder, "home")
        self._port = free_port()
        self._token = "11" + secrets.token_hex(16)
        self._process = None
        self.jenkins = Jenkins(f"http://127.0.0.1:{self._port}", self.USER, self._token)
        os.makedirs(os.path.join(self._home, "plugins"))
        os.makedirs(os.path.join(self._home, "init.groovy.d"))
        for plugin in plugins:
            name = os.path.splitext(os.path.basename(plugin))[0]
            shutil.copy(plugin, os.path.join(self._home, "plugins", name + ".jpi"))
        shutil.copy(os.path.join(HERE, "administrator.groovy"), os.path.join(self._home, "init.groovy.d"))

    @property
    def pid(self):
        return self._process.pid

    def start(self, seconds=240):
        env = dict(os.environ, JENKINS_HOME=self._home, ACCEPTANCE_TOKEN=self._token,
                   ACCEPTANCE_URL=self.jenkins.url + "/")
        self._process = Process("the controller", [
            self._java, "-Xmx1g", "-Djava.awt.headless=true", "-Djenkins.install.runSetupWizard=false",
            "-Dhudson.TcpSlaveAgentListener.port=-1", "-jar", self._war,
            "--httpListenAddress=127.0.0.1", f"--httpPort={self._port}",
            "--webroot=" + os.path.join(self._folder, "war"),
        ], os.path.join(self._folder, "controller.log"), env)

        def is_up():
            self._process.check_alive()
            return self.jenkins.is_up()
        await_that("the controller is up", is_up, seconds)

    def kill9(self):
        self._process.kill9()

    def stop(self):
        if self._process is not None:
            self._process.stop()


class Agent:
    """An inbound agent in a process of its own."""

    def __init__(self, jenkins, name, folder, java="java", options=("-Xmx256m",)):
        """
        :param options: of its JVM
        """
        self._jenkins = jenkins
        self.name = name
        self.java = java
        self._folder = folder
        self._options = options
        self._process = None

    @property
    def pid(self):
        return self._process.pid

    def connect(self, seconds=120):
        jar = os.path.join(self._folder, "agent.jar")
        if not os.path.exists(jar):
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(self._jenkins.url + "/jnlpJars/agent.jar", timeout=60) as source, open(jar, "wb") as target:
                shutil.copyfileobj(source, target)
        secret = os.path.join(self._folder, "secret")
        with open(os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(self._jenkins.agent_secret(self.name))
        self._process = Process(f"agent {self.name}", [
            self.java, *self._options, "-jar", jar, "-url", self._jenkins.url + "/", "-name", self.name,
            "-secret", "@" + secret, "-webSocket", "-workDir", os.path.join(self._folder, "agent"),
        ], os.path.join(self._folder, "agent.log"))
        self.await_online(seconds)

    def await_online(self, seconds=120):
        def is_online():
            self._process.check_alive()
            return self._jenkins.is_online(self.name)
        await_that(f"agent {self.name} is online", is_online, seconds, 0.5)

    def probe_pid(self):
        """The child of the agent that owns NVML; None while there is none."""
        for child in children(self.pid):
            if "io.jenkins.plugins.gpulease.engine" in command_line(child) or "gpu-lease" in command_line(child):
                return child
        return None

    def kill9(self):
        self._process.kill9()

    def stop(self):
        if self._process is not None:
            self._process.stop()


class FakeGpus:
    """The fake NVML library of src/test/native, in a folder of its own beside the file that says what it finds."""

    def __init__(self, folder, count):
        self._folder = folder
        os.makedirs(folder, exist_ok=True)
        self.library = os.path.join(folder, "libnvidia-ml.so.1")
        self.uuids = [f"GPU-{uuid.uuid4()}" for _ in range(count)]
        source = os.path.join(HERE, "..", "native", "fake_nvml.c")
        subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-o", self.library, source, "-ldl", "-lpthread"], check=True)
        self.describe()

    def describe(self, lines_by_uuid=None):
        """Says what there is; the library reads it again at its next call.

        :param lines_by_uuid: more lines for a device, such as ``live-process 4711 2000 compute``
        """
        world = ""
        for index, gpu in enumerate(self.uuids):
            world += f"""
gpu {gpu}
name NVIDIA H100 80GB HBM3
pci 00000000:{index + 1:02X}:00.0
memory 81559
capability 9 0
utilization 0 0
"""
            world += "".join(line + "\n" for line in (lines_by_uuid or {}).get(gpu, []))
        target = os.path.join(self._folder, "fake-nvml.conf")
        with open(target + ".draft", "w") as draft:
            draft.write(world)
        os.replace(target + ".draft", target)


def quoted(text):
    """A Groovy string literal."""
    return "'''" + text.replace("\\", "\\\\").replace("'", "\\'") + "'''"


def indented(text, lines=60):
    return "\n".join("    | " + line for line in text.splitlines()[-lines:])


def machine():
    """What this machine is, for people."""
    model = "unknown processor"
    with open("/proc/cpuinfo") as cpuinfo:
        for line in cpuinfo:
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    with open("/proc/meminfo") as meminfo:
        kib = int(meminfo.readline().split()[1])
    kernel = re.match(r"\d+(\.\d+)?", os.uname().release).group()  # without what a vendor appends
    return f"{os.cpu_count()} × {model}, {kib / 2**20:.0f} GiB, Linux {kernel}"
