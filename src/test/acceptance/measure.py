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
from harness import HERE, await_that, machine, quoted

START_GOAL_MS = 25
HAND_OVER_GOAL_MS = 40
HEAP_GOAL_MIB = 5

SEQUENTIAL = 200
WAITERS = 100
MANY = 1000
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


def hand_over_times(world):
    """Milliseconds from one body's end to the next one's start, with many waiters for one device."""
    holder = world.hold("holder")
    world.leased(holder)
    build = world.start("hand-over", f"""
        def branches = [:]
        for (int i = 1; i <= {WAITERS}; i++) branches["waiter " + i] = {{ gpu(count: 1) {{ }} }}
        node('{world.name}') {{ parallel branches }}
    """)
    await_that(f"{WAITERS} waiters", lambda: build.result() or world.counts() == (1, WAITERS), 300)
    world.release(holder)
    holder.await_result("SUCCESS")
    build.await_result("SUCCESS", 600)
    in_order = sorted((body, end) for _, body, end in times(world, build))
    assert len(in_order) == WAITERS, f"{len(in_order)} blocks instead of {WAITERS}"
    return [later[0] - earlier[1] for earlier, later in zip(in_order, in_order[1:])]


def heap(world):
    """MiB in use after a GC, and objects of this plugin, once the builds so far are deleted and no save of them is due."""
    world.delete_jobs()
    time.sleep(SAVE_SECONDS)
    used, ours = world.jenkins.groovy(HEAP).split()
    return int(used) / 2**20, int(ours)


def quantile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def row(what, values, goal):
    median = statistics.median(values)
    verdict = "" if goal is None else f"{'met' if median <= goal else 'MISSED'}: at most {goal} ms"
    return (f"| {what} | {len(values)} | {median:.0f} ms | {quantile(values, 0.95):.0f} ms | {max(values)} ms | {verdict} |",
            goal is not None and median > goal)


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
    hand_overs = hand_over_times(world)
    world.await_idle()
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
        row("the same of `withEnv`, which asks nobody: Pipeline alone", others, None),
        row("a whole empty `gpu` block", whole, None),
        row("a whole empty `withEnv` block", other_whole, None),
        row(f"hand-over to the next of {WAITERS} waiters", hand_overs, HAND_OVER_GOAL_MS),
    ]
    grown = heaps[-1][0] - heaps[0][0] > HEAP_GOAL_MIB or (leases, waiters) != (0, 0)
    table = "\n".join(text for text, _ in rows)
    report = f"""{HEADING}
Measured on {datetime.date.today()}: Jenkins {version} and an inbound agent (WebSocket), each a process on one machine
({machine()}), the fake NVML library under
the agent's probe. Each hand-out is verified by the probe. Times are those of the
flow graph, to the millisecond; load average of the machine before {load[0]:.1f}, afterwards {load[1]:.1f}; niceness of the processes
{os.nice(0)}.

| what | samples | median | 95 % | most | goal |
| --- | --- | --- | --- | --- | --- |
{table}

{MANY:,} leases in one Pipeline, one after the other, and that {ROUNDS} times: {leases} leases and {waiters} waiters afterwards. Heap after a GC
with the builds deleted, before and after each round (goal: at most {HEAP_GOAL_MIB} MiB more at the end): {", ".join(f"{used:.1f}" for used, _ in heaps)} MiB; objects of this
plugin on it: {", ".join(f"{ours:,}" for _, ours in heaps)}.

    python3 src/test/acceptance/measure.py --war jenkins.war --hpi gpu-lease.hpi --hpi FOLDER-OF-PLUGINS --write
"""
    return report, sum(missed for _, missed in rows) + grown


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
