"""start_dashboard: what it returns, that it ends with its program, however that ends, and that it leaves nothing."""

from __future__ import annotations

import ast
import os
import signal
from typing import Any

import pytest

BEGIN = """
import os, signal, socket, sys, threading, time
from quarterdeck.dashboard import start_dashboard, connect_to_dashboard, shutdown_dashboard
from quarterdeck.integrations import dashboard
ports = range(*map(int, sys.argv[1:3]))
def loop(name, rows=20):
    from tqdm import tqdm
    for row in tqdm(range(rows), desc=name, file=open(os.devnull, "w")):
        time.sleep(0.01)
def pid():
    return dashboard._dashboard.joined.hub._hub.process.pid
"""
LIFE = (
    BEGIN
    + """
import json, urllib.request
taken = socket.create_server(("127.0.0.1", ports[0]))
details = start_dashboard(ports)
print(details)
try:
    start_dashboard(ports)
except RuntimeError as error:
    print(error)
try:
    connect_to_dashboard(details["manager_port_nr"])
except RuntimeError as error:
    print(error)
loop("rows")
from quarterdeck.sdk.jobs.reporter import reporter
reporter.look()
dashboard._dashboard.joined._client.flush()
for port in (details["dashboard_port_nr"], details["manager_port_nr"]):
    asked = urllib.request.Request(f"http://localhost:{port}/api/topics?prefix=job")
    asked.add_header("Authorization", "Bearer " + os.environ["QUARTERDECK_TOKEN"])
    states = [topic["state"] for topic in json.load(urllib.request.urlopen(asked))["topics"]]
    print(sorted((state["name"], state["state"]) for state in states))
shutdown_dashboard()
print(sorted(thread.name for thread in threading.enumerate() if thread.name.startswith("quarterdeck")))
print([name for name in os.environ if name.startswith("QUARTERDECK_")])
hosts = [None, "", b"localhost", "localhost", "127.0.0.1", "0.0.0.0", "::", "::1", "[::1]", socket.gethostname()]
refused = 0
for host in hosts:
    try:
        connect_to_dashboard(details["manager_port_nr"], host)
    except ConnectionRefusedError as error:
        refused += 1
print(refused == len(hosts))
shutdown_dashboard()
taken.close()
print(start_dashboard(ports, host="::1"))
"""
)
ENDING = (
    """
import atexit
end = 0.0
atexit.register(lambda: print(time.monotonic() - end))  # what is registered first runs last
"""
    + BEGIN
    + """
start_dashboard(ports)
print(pid())
loop("rows")
how = sys.argv[3]
if how == "fork" and os.fork() == 0:
    loop("child", 10_000)
if how in ("kill", "fork"):
    os.kill(os.getpid(), signal.SIGKILL)
if how == "terminate":
    os.kill(os.getpid(), signal.SIGTERM)
if how == "error":
    raise ValueError("the end")
if how == "frozen":
    os.kill(pid(), signal.SIGSTOP)
if how == "dead":
    os.kill(pid(), signal.SIGKILL)
end = time.monotonic()
"""
)
FORKING = (
    BEGIN
    + """
start_dashboard(ports)
if os.fork() == 0:
    loop("child")
    try:
        start_dashboard(ports)
    except RuntimeError as error:
        print(error)
    shutdown_dashboard()
    sys.exit()
os.wait()
hub = dashboard._dashboard.joined.hub
print(hub.lives, os.path.isdir(hub.folder))
"""
)


def lives(pid: int) -> bool:
    """Whether the process is there, and is more than what its parent has yet to ask for."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def arguments(ports: range, *more: str) -> tuple[str, ...]:
    return (str(ports[0]), str(ports[-1] + 1), *more)


def test_it_is_there_from_its_start_to_its_end_and_leaves_nothing(home: Any, ports: range) -> None:
    lines = home.program(LIFE, *arguments(ports)).communicate(timeout=60)[0].splitlines()
    assert len(lines) == 9, home.errors()
    details = ast.literal_eval(lines[0])
    page, programs = details.pop("dashboard_port_nr"), details.pop("manager_port_nr")
    assert ports[0] < page < programs <= ports[-1]
    assert details == {"manager_host": "localhost"}
    assert lines[1:3] == [
        "You already have a running dashboard; shutdown_dashboard() ends it",
        "You already have a running dashboard; shutdown_dashboard() ends it",
    ]
    assert lines[3:5] == ["[('program.py', 'running'), ('rows', 'done')]"] * 2
    assert lines[5:8] == ["[]", "[]", "True"]
    assert lines[8] == str({"dashboard_port_nr": ports[0], "manager_host": "::1", "manager_port_nr": ports[-1]})
    assert home.errors().count("/jobs#code=") == 2
    assert home.files() == []


@pytest.mark.parametrize("how", ["kill", "fork", "terminate", "error", "frozen", "dead", "end"])
def test_it_ends_with_its_program(home: Any, ports: range, wait: Any, how: str) -> None:
    program = home.program(ENDING, *arguments(ports, how))
    hub = int(program.stdout.readline())
    assert lives(hub)
    program.wait(60)
    try:
        wait(lambda: not lives(hub), f"end of the hub {hub}")
        wait(lambda: home.files() == [], "empty folder")
    finally:
        if how == "fork":
            # The child has the program's standard output open, and its own end yet to come.
            os.kill(child_of(home), signal.SIGKILL)
    if how in ("frozen", "dead", "end"):
        # A busy machine takes a while to kill a process, too.
        assert float(program.stdout.read()) < 0.5 + 0.5


def child_of(home: Any) -> int:
    """The process of this home's program that is still there."""
    path = str(home.folder / "program.py").encode()
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/cmdline", "rb") as file:
                    if path in file.read().split(b"\0"):
                        return int(name)
            except OSError:
                continue
    raise AssertionError("the child has ended")


def test_a_forked_child_tells_its_jobs_and_leaves_the_dashboard_alone(home: Any, ports: range) -> None:
    lines = home.program(FORKING, *arguments(ports)).communicate(timeout=60)[0].splitlines()
    assert "already connected" in lines[0], home.errors()
    assert lines[1:] == ["True True"]
    assert home.files() == []


def test_without_two_free_ports_there_is_none(home: Any, ports: range) -> None:
    text = BEGIN + (
        "held = [socket.create_server(('127.0.0.1', port)) for port in ports[1:]]\n"
        "for wanted in (ports, ports[:1], range(5, 5)):\n"
        "    try:\n"
        "        start_dashboard(wanted)\n"
        "    except OSError as error:\n"
        "        print(type(error).__name__)\n"
    )
    short = range(ports[0], ports[0] + 3)
    said = home.program(text, *arguments(short)).communicate(timeout=60)[0].splitlines()
    assert said == ["OSError"] * 3, home.errors()
    assert home.files() == []
