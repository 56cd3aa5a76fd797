#!/usr/bin/env python3
"""Measures GPU leases on a real Jenkins with a real agent process and its probe.

See README.md in this folder. Prints a report in Markdown; --write puts it into docs/performance.md. The exit code is the number
of goals that are missed.
"""

import datetime
import os
import re
import statistics
import sys
import time

import world as worlds
from harness import HERE, await_that, machine, processor_seconds, quoted

# Goals: the median and the 95th percentile, in ms.
START_GOAL_MS = (25, None)
HAND_OVER_GOAL_MS = (20, 40)

# Goals in seconds: by the clock, and of the controller's processor time.
HAND_OVER_GOAL_SECONDS = (None, 6)
CROWD_GOAL_SECONDS = (30, 60)

HEAP_GOAL_MIB = 5

SEQUENTIAL = 200
WAITERS = 100
MANY = 1000

CROWD_NODES = 8
CROWD_DEVICES = 50
CROWD_BUILDS = 10
CROWD_BRANCHES = 100
ROUNDS = 4

# A build's leases are saved lazily; until then a timer knows the build.
SAVE_SECONDS = 15

PAGE = os.path.normpath(os.path.join(HERE, "..", "..", "..", "docs", "performance.md"))
HEADING = "## Leases in Jenkins"

# Prints, for each block of a step in a build: when the step, its body and the body's end were entered into the flow graph, in ms.
TIMES = """
    import org.jenkinsci.plugins.workflow.actions.TimingAction
    import org.jenkinsci.plugins.workflow.cps.nodes.StepEndNode
    import org.jenkinsci.plugins.workflow.cps.nodes.StepStartNode
    import org.jenkinsci.plugins.workflow.graphanalysis.DepthFirstScanner
    def run = jenkins.model.Jenkins.get().getItem(%s).getBuildByNumber(%d)
    def all = new DepthFirstScanner().allNodes(run.execution)
    def bodies = all.findAll { it instanceof StepStartNode && it.body && it.descriptor?.functionName == '%s' }
    def ends = all.findAll { it instanceof StepEndNode }.collectEntries { [it.startNode.id, it] }
    bodies.each {
        println([it.parents[0], it, ends[it.id]].collect { TimingAction.getStartTime(it) }.join(' '))
    }
"""

# Prints the heap in use after a full GC, in bytes, and the number of this plugin's objects on it. Jenkins' queue keeps the builds
# that left it for five minutes; it is told to forget them, for they are no leak. Nor are the call sites (LeaseTable$view) that
# Groovy makes for the scripts of this measurement, and which aren't counted.
HEAP = """
    import java.lang.management.ManagementFactory
    import javax.management.ObjectName
    jenkins.model.Jenkins.get().queue.@leftItems.invalidateAll()
    def histogram = null
    3.times {
        System.gc()
        histogram = ManagementFactory.platformMBeanServer.invoke(new ObjectName('com.sun.management:type=DiagnosticCommand'),
            'gcClassHistogram', [null] as Object[], [String[].name] as String[])
    }
    def used = ManagementFactory.memoryMXBean.heapMemoryUsage.used
    def ours = 0
    histogram.eachLine { line ->
        def columns = line.trim().split(/\\s+/)
        if (columns.size() >= 4 && columns[3] ==~ /io\\.jenkins\\.plugins\\.gpulease\\.[^$]*([$][A-Z0-9].*)?/) ours += columns[1].toLong()
    }
    print used + ' ' + ours
"""


def times(world, build, step="gpu"):
    answer = world.jenkins.groovy(TIMES % (quoted(build.job), build.number, step))
    return sorted(tuple(int(value) for value in line.split()) for line in answer.splitlines())


def run(world, suffix, body, seconds=900):
    build = world.start(suffix, f"node('{world.name}') {{ {body} }}")
    build.await_result("SUCCESS", seconds)
    return build


def sequence(count, block="gpu(count: 1)"):
    return f"for (int i = 0; i < {count}; i++) {{ {block} {{ }} }}"


def start_times(world, block, step):
    """Milliseconds from the start of a step to the start of its body, and for a whole empty block."""
    run(world, "warm-up", sequence(SEQUENTIAL, block))
    build = run(world, "start", sequence(SEQUENTIAL, block))
    blocks = times(world, build, step)
    assert len(blocks) == SEQUENTIAL, f"{len(blocks)} blocks instead of {SEQUENTIAL}"
    whole = [later[0] - earlier[0] for earlier, later in zip(blocks, blocks[1:])]
    return [body - step for step, body, _ in blocks], whole


class Cost:
    """What passes while something is done: seconds by the clock, and of the controller's processor time if it is ours."""

    def __init__(self, world):
        self._controller = world.controller

    def _processor(self):
        return processor_seconds(self._controller.pid) if self._controller else None

    def __enter__(self):
        self._start, self._before = time.monotonic(), self._processor()
        return self

    def __exit__(self, *_):
        self.clock = time.monotonic() - self._start
        self.processor = None if self._before is None else self._processor() - self._before


def run_crowd(world, nodes, branches, block="gpu(count: 1)"):
    """Builds with many branches, each of which holds a device for a second; or does the same in another block."""
    builds = [world.start(f"crowd-{branches}-{number}", f"""
        def branches = [:]
        for (int i = 1; i <= {branches}; i++) branches["waiter " + i] = {{ {block} {{ sleep 1 }} }}
        node('{nodes[number % len(nodes)]}') {{ parallel branches }}
    """) for number in range(CROWD_BUILDS)]
    for build in builds:
        build.await_result("SUCCESS", 900)


def crowd_costs(world):
    """Of a crowd, and of the same with a step that asks nobody."""
    with world.simulated(CROWD_NODES, CROWD_DEVICES) as nodes:
        run_crowd(world, nodes, CROWD_BRANCHES // 4)  # to warm up
        with Cost(world) as cost:
            run_crowd(world, nodes, CROWD_BRANCHES)
        world.delete_jobs()
        with Cost(world) as other:
            run_crowd(world, nodes, CROWD_BRANCHES, "withEnv([])")
    return cost, other


def hand_over_times(world):
    """Milliseconds from one body's end to the next one's start, with many waiters for one device; and the cost of all."""
    holder = world.hold("holder")
    world.leased(holder)
    build = world.start("hand-over", f"""
        def branches = [:]
        for (int i = 1; i <= {WAITERS}; i++) branches["waiter " + i] = {{ gpu(count: 1) {{ }} }}
        node('{world.name}') {{ parallel branches }}
    """)
    await_that(f"{WAITERS} waiters", lambda: build.result() or world.counts() == (1, WAITERS), 300)
    with Cost(world) as cost:
        world.release(holder)
        holder.await_result("SUCCESS")
        build.await_result("SUCCESS", 600)
    in_order = sorted((body, end) for _, body, end in times(world, build))
    assert len(in_order) == WAITERS, f"{len(in_order)} blocks instead of {WAITERS}"
    return [later[0] - earlier[1] for earlier, later in zip(in_order, in_order[1:])], cost


def heap(world):
    """MiB in use after a GC, and objects of this plugin, once the builds so far are deleted and no save of them is due."""
    world.delete_jobs()
    time.sleep(SAVE_SECONDS)
    used, ours = world.jenkins.groovy(HEAP).split()
    return int(used) / 2**20, int(ours)


def quantile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def verdict(values, goals, unit):
    """What is said of goals, None for those that there aren't, and whether any is missed."""
    wanted = [(value, goal) for value, goal in zip(values, goals) if goal is not None and value is not None]
    missed = any(value > goal for value, goal in wanted)
    at_most = " and ".join(f"{goal} {unit}" for _, goal in wanted)
    return f"{'MISSED' if missed else 'met'}: at most {at_most}" if wanted else "", missed


def row(what, values, goals=(None, None)):
    median, most = statistics.median(values), quantile(values, 0.95)
    text, missed = verdict((median, most), goals, "ms")
    return f"| {what} | {len(values)} | {median:.0f} ms | {most:.0f} ms | {max(values)} ms | {text} |", missed


def cost_row(what, cost, goals):
    processor = "unknown" if cost.processor is None else f"{cost.processor:.1f} s"
    text, missed = verdict((cost.clock, cost.processor), goals, "s")
    return f"| {what} | {cost.clock:.1f} s | {processor} | {text} |", missed


def tell(what):
    print(f"{datetime.datetime.now():%H:%M:%S} {what}", file=sys.stderr, flush=True)


def measure(world):
    """The report in Markdown, and the number of missed goals."""
    version = world.jenkins.groovy("print jenkins.model.Jenkins.VERSION")
    load = [os.getloadavg()[0]]
    tell(f"{SEQUENTIAL} leases to warm up, {SEQUENTIAL} to measure")
    starts, whole = start_times(world, "gpu(count: 1)", "gpu")
    world.await_idle()
    tell("the same with a step that asks nobody")
    others, other_whole = start_times(world, "withEnv([])", "withEnv")
    tell(f"{WAITERS} waiters for one device")
    hand_overs, hand_over_cost = hand_over_times(world)
    world.await_idle()
    tell(f"{CROWD_BUILDS * CROWD_BRANCHES} waiters for {CROWD_NODES * CROWD_DEVICES} simulated devices")
    crowd, other_crowd = crowd_costs(world)
    tell(f"{ROUNDS} rounds of {MANY} leases")
    heaps = [heap(world)]
    for round in range(ROUNDS):
        run(world, f"many-{round}", sequence(MANY))
        world.await_idle()
        leases, waiters = world.counts()
        heaps.append(heap(world))
    load.append(os.getloadavg()[0])
    rows = [
        row("start of `gpu` to start of its body, idle device", starts, START_GOAL_MS),
        row("the same of `withEnv`, which asks nobody: Pipeline alone", others),
        row("a whole empty `gpu` block", whole),
        row("a whole empty `withEnv` block", other_whole),
        row(f"hand-over to the next of {WAITERS} waiters", hand_overs, HAND_OVER_GOAL_MS),
    ]
    grown = heaps[-1][0] - heaps[0][0] > HEAP_GOAL_MIB or (leases, waiters) != (0, 0)
    costs = [
        cost_row(f"those {WAITERS} waiters for one device, once they wait", hand_over_cost, HAND_OVER_GOAL_SECONDS),
        cost_row(f"{CROWD_BUILDS * CROWD_BRANCHES:,} waiters ({CROWD_BUILDS} builds with {CROWD_BRANCHES} branches), each of which holds"
                 f" one of {CROWD_NODES * CROWD_DEVICES} simulated devices for a second", crowd, CROWD_GOAL_SECONDS),
        cost_row("the same of `withEnv`, which asks nobody: Pipeline alone", other_crowd, (None, None)),
    ]
    table = "\n".join(text for text, _ in rows)
    cost_table = "\n".join(text for text, _ in costs)
    report = f"""{HEADING}
Measured on {datetime.date.today()}: Jenkins {version} and an inbound agent (WebSocket), each a process on one machine
({machine()}), the fake NVML library under
the agent's probe. Each hand-out is verified by the probe. Times are those of the
flow graph, to the millisecond; load average of the machine before {load[0]:.1f}, afterwards {load[1]:.1f}; niceness of the processes
{os.nice(0)}.

| what | samples | median | 95 % | most | goal |
| --- | --- | --- | --- | --- | --- |
{table}

| what | by the clock | controller's processor time | goal |
| --- | --- | --- | --- |
{cost_table}

{MANY:,} leases in one Pipeline, one after the other, and that {ROUNDS} times: {leases} leases and {waiters} waiters afterwards. Heap after a GC
with the builds deleted, before and after each round (goal: at most {HEAP_GOAL_MIB} MiB more at the end): {", ".join(f"{used:.1f}" for used, _ in heaps)} MiB; objects of this
plugin on it: {", ".join(f"{ours:,}" for _, ours in heaps)}.

    python3 src/test/acceptance/measure.py --war jenkins.war --hpi gpu-lease.hpi --hpi FOLDER-OF-PLUGINS --write
"""
    return report, sum(missed for _, missed in rows + costs) + grown


def write(report):
    """Replaces this script's section of the page, and leaves the others alone."""
    page = ""
    if os.path.exists(PAGE):
        with open(PAGE) as file:
            page = file.read()
    section = re.compile(re.escape(HEADING) + r"\n.*?(?=^## |\Z)", re.DOTALL | re.MULTILINE)
    page = section.sub(lambda _: report + "\n", page) if section.search(page) else f"{page.rstrip()}\n\n{report}"
    with open(PAGE, "w") as file:
        file.write(page.strip() + "\n")


def main():
    parser = worlds.parse_arguments(__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="put the report into docs/performance.md")
    arguments = parser.parse_args()
    with worlds.opened(arguments, gpus=1) as world:
        report, missed = measure(world)
    print(report)
    if arguments.write:
        write(report)
    return missed


if __name__ == "__main__":
    sys.exit(main())
