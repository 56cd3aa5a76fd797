#!/usr/bin/env python3
"""Shows on a real Jenkins, with a real agent process, that GPU leases survive what kills everything else.

See README.md in this folder. Each step prints PASS or FAIL; the exit code is the number of failures.
"""

import os
import signal
import sys
import time
import traceback

import world as worlds
from harness import Build, await_that, is_alive, machine


def check(condition, message):
    if not condition:
        raise AssertionError(message)


# ---- the steps; each leaves zero leases and zero waiters, which the runner checks

def two_builds_in_parallel_get_different_devices(world):
    a, b = world.hold("a"), world.hold("b")
    of_a, of_b = world.leased(a), world.leased(b)
    check(len(of_a) == 1 and len(of_b) == 1 and of_a != of_b, f"{a.name} got {of_a}, {b.name} got {of_b}")
    check(of_a | of_b == set(world.gpus.uuids), f"{of_a | of_b} aren't the devices of the agent, {world.gpus.uuids}")
    for build in a, b:
        world.release(build)
        build.await_result("SUCCESS")


def a_third_build_waits_and_says_for_whom(world):
    a, b = world.hold("a"), world.hold("b")
    of_a = world.leased(a)
    world.leased(b)
    c = world.hold("c")
    world.await_waiting(c)
    for holder in a, b:
        c.await_console(holder.name)
    check(world.counts() == (2, 1), f"(leases, waiters) = {world.counts()}")
    world.release(a)
    check(world.leased(c) == of_a, f"{c.name} got {world.leased(c)} instead of what {a.name} gave back, {of_a}")
    for build in b, c:
        world.release(build)
    for build in a, b, c:
        build.await_result("SUCCESS")


def aborting_a_waiting_build_takes_it_out_of_the_order(world):
    a = world.hold("a", count=2)
    world.leased(a)
    b = world.hold("b")
    world.await_waiting(b)
    b.stop()
    b.await_result("ABORTED")
    await_that("nobody waits", lambda: world.counts() == (1, 0), 30)
    world.release(a)
    a.await_result("SUCCESS")


def aborting_a_holding_build_gives_its_devices_to_the_next(world):
    a = world.hold("a", count=2)
    world.leased(a)
    b = world.hold("b", count=2)
    world.await_waiting(b)
    a.stop()
    a.await_result("ABORTED")
    world.leased(b)
    world.release(b)
    b.await_result("SUCCESS")


def kill_9_of_the_process_of_a_build(world):
    a = world.hold("a", count=2)
    world.leased(a)
    process = world.process_of(a)
    world.gpus.describe({gpu: [f"live-process {process} 4000 compute"] for gpu in world.gpus.uuids})
    b = world.hold("b", count=2)
    world.await_waiting(b)
    os.kill(process, signal.SIGKILL)
    a.await_result("FAILURE")
    world.leased(b)
    world.gpus.describe()
    world.release(b)
    b.await_result("SUCCESS")


def a_hard_killed_build_holds_nothing(world):
    a = world.hold("a", count=2)
    world.leased(a)
    process = world.process_of(a)
    world.jenkins.request(f"/job/{a.job}/{a.number}/kill", {})
    a.await_result("ABORTED")
    os.kill(process, signal.SIGKILL)  # nobody tells the program that its build is gone
    b = world.hold("b", count=2)
    world.leased(b, 120)
    world.release(b)
    b.await_result("SUCCESS")


def kill_9_of_the_probe(world):
    a = world.hold("a")
    of_a = world.leased(a)
    probe = await_that("a probe runs", world.agent.probe_pid)
    os.kill(probe, signal.SIGKILL)
    await_that("the probe is gone", lambda: not is_alive(probe))
    check(world.counts()[0] == 1, f"the lease of {a.name} ended with the probe")
    b = world.hold("b")
    of_b = world.leased(b, 120)
    check(of_a.isdisjoint(of_b), f"{b.name} got {of_b}, which {a.name} still holds")
    check(world.agent.probe_pid() not in (None, probe), "no other probe runs")
    for build in a, b:
        world.release(build)
        build.await_result("SUCCESS")


def kill_9_of_the_agent(world):
    a = world.hold("a", count=2)
    of_a = world.leased(a)
    b = world.hold("b", count=2)
    world.await_waiting(b)
    probe = await_that("a probe runs", world.agent.probe_pid)
    world.agent.kill9()
    await_that("the agent is offline", lambda: not world.jenkins.is_online(world.name))
    await_that("the probe ended with the agent", lambda: not is_alive(probe))
    check(world.counts() == (1, 1), f"(leases, waiters) = {world.counts()} without the agent")
    world.agent.connect()
    check(world.counts() == (1, 1), f"(leases, waiters) = {world.counts()} with the agent back")
    world.release(a)
    a.await_result("SUCCESS")
    check(world.leased(b, 120) == of_a, f"{b.name} got {world.leased(b)}, not {of_a}")
    world.release(b)
    b.await_result("SUCCESS")


def kill_9_of_the_controller(world):
    a = world.hold("a", count=2)
    of_a = world.leased(a)
    b = world.hold("b", count=2)
    world.await_waiting(b)
    world.controller.kill9()
    world.controller.start()
    world.agent.await_online()
    await_that(f"{a.name} holds and {b.name} waits again", lambda: world.counts() == (1, 1), 120)
    world.release(a)
    a.await_result("SUCCESS")
    check(world.leased(b, 120) == of_a, f"{b.name} got {world.leased(b)}, not {of_a}")
    world.release(b)
    b.await_result("SUCCESS")


STEPS = [
    two_builds_in_parallel_get_different_devices,
    a_third_build_waits_and_says_for_whom,
    aborting_a_waiting_build_takes_it_out_of_the_order,
    aborting_a_holding_build_gives_its_devices_to_the_next,
    kill_9_of_the_process_of_a_build,
    a_hard_killed_build_holds_nothing,
    kill_9_of_the_probe,
    kill_9_of_the_agent,
    kill_9_of_the_controller,
]


def run_step(step, world):
    """Whether a step passed, and left nothing behind."""
    name = step.__name__.replace("_", " ")
    start = time.monotonic()
    try:
        step(world)
        world.await_idle()
    except Exception as e:  # whatever it is, the other steps are worth running
        print(f"FAIL  {name} ({time.monotonic() - start:.1f} s)\n{e if isinstance(e, AssertionError) else traceback.format_exc()}",
              flush=True)
        rescue(world)
        return False
    print(f"PASS  {name} ({time.monotonic() - start:.1f} s)", flush=True)
    return True


def rescue(world):
    """Best effort to give the next step a fair chance."""
    try:
        world.gpus.describe()
        for job in world.jenkins.api("", "jobs[name]")["jobs"]:
            if job["name"].startswith(world.name):
                for build in world.jenkins.api(f"/job/{job['name']}", "builds[number,building]")["builds"]:
                    if build["building"]:
                        Build(world.jenkins, job["name"], build["number"]).stop()
        world.await_idle(60)
    except Exception as e:
        print(f"      the next step starts with what this one left: {e}", flush=True)


def main():
    parser = worlds.parse_arguments(__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="run only steps whose name contains this text")
    arguments = parser.parse_args()
    failures = 0
    with worlds.opened(arguments, gpus=2) as world:
        version = world.jenkins.groovy("print jenkins.model.Jenkins.VERSION")
        print(f"Jenkins {version} at {world.jenkins.url}, {machine()}", flush=True)
        for step in STEPS:
            if arguments.only.replace(" ", "_") not in step.__name__:
                continue
            if step is kill_9_of_the_controller and world.controller is None:
                print("SKIP  kill 9 of the controller (it isn't ours to kill; use --war)")
            elif not run_step(step, world):
                failures += 1
                arguments.keep = True
    print(f"{failures} failed" if failures else "all passed")
    return failures


if __name__ == "__main__":
    sys.exit(main())
