"""A Jenkins with a GPU agent as the acceptance and performance scripts need it, and the arguments that say which Jenkins."""

import argparse
import contextlib
import glob
import os
import shutil
import sys
import tempfile
import uuid

from harness import Agent, Controller, FakeGpus, Jenkins, await_that, command_line, is_alive


class World:
    """A Jenkins with one GPU agent, which has fake GPUs."""

    def __init__(self, jenkins, controller, folder, gpus, java="java"):
        """
        :param controller: None if this Jenkins isn't ours to kill
        :param gpus: how many
        """
        self.jenkins = jenkins
        self.controller = controller
        self.folder = folder
        self.name = "gpu-acceptance-" + uuid.uuid4().hex[:6]
        self.gpus = FakeGpus(os.path.join(folder, "nvml"), gpus)
        self.agent = Agent(jenkins, self.name, folder, java)
        self._jobs = set()

    def set_up(self):
        self.jenkins.create_agent(self.name, 120, os.path.join(self.folder, "agent"), f"""
            def gpus = new io.jenkins.plugins.gpulease.agent.GpuNodeProperty()
            gpus.libraryPath = '{self.gpus.library}'
            node.nodeProperties.add(gpus)
        """)
        self.agent.connect()
        self.await_idle()

    def tear_down(self):
        self.delete_jobs()
        self.jenkins.remove_agent(self.name)

    @contextlib.contextmanager
    def simulated(self, nodes, devices):
        """Names of that many more agents with simulated GPUs, each a process of its own, as long as they are needed."""
        agents = []
        try:
            for number in range(nodes):
                name = f"{self.name}-simulated-{number}"
                folder = os.path.join(self.folder, name)
                os.makedirs(folder)
                self.jenkins.create_agent(name, 20, os.path.join(folder, "agent"), f"""
                    def gpus = new io.jenkins.plugins.gpulease.agent.GpuNodeProperty()
                    gpus.simulatedGpus = '{devices}xH100:80GB'
                    node.nodeProperties.add(gpus)
                """)
                options = ("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
                agents.append(Agent(self.jenkins, name, folder, self.agent.java, options))
                agents[-1].connect()
            for agent in agents:
                await_that(f"{devices} idle GPUs of {agent.name}", lambda: self._idle(agent.name) == devices, 60)
            yield [agent.name for agent in agents]
        finally:
            for agent in agents:
                agent.stop()
                self.jenkins.remove_agent(agent.name)

    def _idle(self, node):
        return list(self.jenkins.device_states(node).values()).count("IDLE")

    def hold(self, suffix, count=1, options=""):
        """Starts a build that holds GPUs until it is released."""
        job = self._job(suffix)
        for kind in "pid", "release":
            if os.path.exists(self._file(job, kind)):
                os.remove(self._file(job, kind))
        return self.start(suffix, f"""
            node('{self.name}') {{
                gpu(count: {count}{options}) {{
                    sh '''
                        set +x
                        echo "leased $CUDA_VISIBLE_DEVICES"
                        echo $$ > {self._file(job, "draft")}
                        mv {self._file(job, "draft")} {self._file(job, "pid")}
                        while [ ! -e {self._file(job, "release")} ]; do sleep 0.1; done
                    '''
                }}
            }}
        """)

    def start(self, suffix, script):
        """Starts a build of a Pipeline of its own."""
        self._jobs.add(self._job(suffix))
        return self.jenkins.start(self._job(suffix), script)

    def delete_jobs(self):
        while self._jobs:
            self.jenkins.delete_job(self._jobs.pop())

    def release(self, build):
        with open(self._file(build.job, "release"), "w"):
            pass

    def release_all(self):
        """Ends the programs of builds that hold: they don't end with their build if that is killed the hard way."""
        for path in glob.glob(os.path.join(glob.escape(self.folder), "*.pid")):
            with open(path[:-len("pid")] + "release", "w"):
                pass
        await_that("no program of a build is left", lambda: not any(map(is_alive, self._programs())), 30)

    def _programs(self):
        """Process ids of the programs of all builds so far that held something."""
        for path in glob.glob(os.path.join(glob.escape(self.folder), "*.pid")):
            with open(path) as file:
                pid = int(file.read())
            if self.name in command_line(pid):
                yield pid

    def process_of(self, build):
        def read():
            try:
                with open(self._file(build.job, "pid")) as file:
                    return int(file.read())
            except FileNotFoundError:
                return None
        return await_that(f"a process of {build.name}", read)

    def _job(self, suffix):
        return f"{self.name}-{suffix}"

    def _file(self, job, kind):
        return os.path.join(self.folder, f"{job}.{kind}")

    def leased(self, build, seconds=60):
        """UUIDs that a build leases, once it does."""
        return set(build.await_console(r"^leased (\S+)$", seconds).group(1).split(","))

    def counts(self):
        """Leases and waiters of the agent."""
        return self.jenkins.counts(self.name)

    def await_waiting(self, build):
        build.await_console("GPU lease: waiting")
        await_that(f"{build.name} is in the order", lambda: self.counts()[1] > 0)

    def await_idle(self, seconds=180):
        """Nothing is leased, nobody waits, and every device is idle."""
        def is_idle():
            states = self.jenkins.device_states(self.name)
            return (self.counts() == (0, 0) and set(states) == set(self.gpus.uuids)
                    and set(states.values()) == {"IDLE"})
        try:
            await_that("zero leases, zero waiters, all devices idle", is_idle, seconds, 0.5)
        except AssertionError as e:
            raise AssertionError(f"{e}; (leases, waiters) = {self.counts()}, "
                                 f"devices {self.jenkins.device_states(self.name)}") from e


def plugins_of(paths):
    files = []
    for path in paths:
        files += sorted(glob.glob(os.path.join(path, "*.[hj]pi"))) if os.path.isdir(path) else [path]
    for file in files:
        if not os.path.isfile(file):
            sys.exit(f"--hpi {file}: there is no such file")
    return files


def parse_arguments(description):
    parser = argparse.ArgumentParser(description=description, epilog="See README.md in this folder.")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--war", help="start a Jenkins of our own from this file")
    where.add_argument("--url", help="use a running Jenkins that has the plugin; it is not killed")
    parser.add_argument("--hpi", action="append", default=[], help="with --war: a plugin, or a folder of plugins; repeat it")
    parser.add_argument("--auth", default=os.environ.get("JENKINS_AUTH"),
                        help="with --url: USER:TOKEN of an administrator; default: environment variable JENKINS_AUTH")
    parser.add_argument("--java", default=os.path.join(os.environ["JAVA_HOME"], "bin", "java") if "JAVA_HOME" in os.environ
                        else "java", help="Java 17 for the controller and the agent")
    parser.add_argument("--keep", action="store_true", help="keep the folder with the logs")
    return parser


@contextlib.contextmanager
def opened(arguments, gpus):
    """A world for the arguments of parse_arguments; afterwards everything is ended and, if nothing failed, removed."""
    folder = tempfile.mkdtemp(prefix="gpu-lease-acceptance-")
    controller, world = None, None
    try:
        if arguments.war:
            controller = Controller(arguments.war, plugins_of(arguments.hpi), folder, arguments.java)
            controller.start()
            jenkins = controller.jenkins
        else:
            user, separator, token = (arguments.auth or "").partition(":")
            if not separator:
                sys.exit("--url needs --auth USER:TOKEN or the environment variable JENKINS_AUTH")
            jenkins = Jenkins(arguments.url, user, token)
        world = World(jenkins, controller, folder, gpus, arguments.java)
        world.set_up()
        yield world
    except BaseException:
        arguments.keep = True
        raise
    finally:
        if world is not None:
            world.release_all()
            if controller is None:
                world.tear_down()
            world.agent.stop()
        if controller is not None:
            controller.stop()
        if arguments.keep:
            print(f"Logs are in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
