"""The real worker process, with a small hub on a real unix socket."""

from __future__ import annotations

import json
import os
import queue
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from quarterdeck.core.fold import fold
from quarterdeck.core.short import ops_of
from quarterdeck.core.state import TopicState

ROOT = Path(__file__).parents[2]
PATIENCE = 60


class Hub:
    """Accepts one worker at a time, acknowledges and folds what it sends, and makes calls."""

    def __init__(self, path):
        self.path = str(path)
        self.topics = {}
        self.streams = {}
        self.hellos = queue.Queue()
        self.replies = queue.Queue()
        self.ends = queue.Queue()
        self.open()

    def open(self):
        self.server = socket.socket(socket.AF_UNIX)
        self.server.bind(self.path)
        self.server.listen()
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def die(self):
        """As if killed: every connection is cut."""
        self.server.shutdown(socket.SHUT_RDWR)
        self.server.close()
        self.connection.shutdown(socket.SHUT_RDWR)
        self.connection.close()
        self.thread.join(PATIENCE)
        os.unlink(self.path)

    def _serve(self):
        while True:
            try:
                self.connection, _ = self.server.accept()
            except OSError:
                return
            try:
                for line in self.connection.makefile():
                    if line.strip():
                        self._take(json.loads(line))
                    elif self.batch > self.streams.get(self.stream, 0):
                        self.streams[self.stream] = self.batch
                        self._send({"t": "reply", "batch": self.batch, "refused": []})
            except OSError:
                continue

    def _take(self, frame):
        if frame["t"] == "hello":
            self.stream, self.batch = frame["stream"], 0
            self._send({"t": "hello", "version": 1, "features": [], "acked": self.streams.get(self.stream, 0)})
            self.hellos.put(frame)
        elif frame["t"] == "patch":
            self.batch = frame["batch"]
            if self.batch > self.streams.get(self.stream, 0):
                self._fold(frame)
        else:
            self.replies.put(frame)

    def _fold(self, frame):
        fold(self.topics.setdefault(frame["topic"], TopicState()), ops_of(frame))
        if frame.get("name"):
            self.ends.put((frame["topic"], frame["name"]))

    def _send(self, frame):
        self.connection.sendall(json.dumps(frame).encode() + b"\n\n")

    def ask(self, id, name, **args):
        self._send({"t": "call", "id": id, "topic": "script/sample", "name": name, "args": args})

    def call(self, id, name, **args):
        self.ask(id, name, **args)
        reply = self.replies.get(timeout=PATIENCE)
        assert reply["id"] == id
        return reply

    def state(self, topic):
        return self.topics[topic].values


def turn(run, hook, cause="schedule"):
    return {"run": run, "hook": hook, "due": 0, "cause": cause}


@pytest.fixture
def place():
    # Not pytest's own folder: the path of a unix socket is short.
    with tempfile.TemporaryDirectory(prefix="qd") as folder:
        yield Path(folder)


@pytest.fixture
def hub(place):
    return Hub(place / "hub")


@pytest.fixture
def start(place, hub):
    """Starts a worker on the script in ``place``; returns the process."""
    started = []

    def start():
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT / "src"),
            "QUARTERDECK_SOCKET": hub.path,
            "QUARTERDECK_SPAWN": "token",
            "QUARTERDECK_SCRIPT": "sample",
            "QUARTERDECK_PATH": str(place / "sample"),
            "QUARTERDECK_LOGS": str(place / "logs"),
        }
        with open(place / "output", "ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "quarterdeck.worker"], env=environment, stdout=output, stderr=output
            )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def write(place, source):
    (place / "sample").mkdir()
    (place / "sample" / "layout.html").write_text("<Grid><Text id=text /></Grid>")
    (place / "sample" / "sample.py").write_text(source)


def test_the_sample_from_load_to_stop(place, hub, start):
    shutil.copytree(ROOT / "examples" / "sample" / "scripts" / "sample", place / "sample")
    worker = start()
    hello = hub.hellos.get(timeout=PATIENCE)
    assert (hello["token"], hello["claims"]) == ("token", ["script/sample"])
    assert hello["state"]["pid"] == worker.pid
    assert (hello["state"]["run"], hello["state"]["loaded"]) == (None, None)
    loaded = hub.call("c1", "load", version="abc", setup=True, store={}, panel={})["result"]
    assert loaded["setup"] == "setup"
    assert hub.call("c2", "run", turns=[turn("r0", "setup", "setup")])["result"]["refused"] == {}
    for tick in range(12):
        hub.call(f"t{tick}", "run", turns=[turn(f"r{tick + 1}", "update")])
    assert [row[0] for row in hub.state("script/sample/panel/table")["rows"]] == list(range(2, 12))
    assert hub.state("script/sample/store")["values"] == {"count": "12"}
    assert hub.call("c3", "stop")["result"] == {}
    assert worker.wait(PATIENCE) == 0
    assert (place / "output").read_text() == ""


BLOCKING = """
import os
import quarterdeck
from datetime import timedelta

@quarterdeck.hooks.schedule(run_every=timedelta(seconds=1))
def update(panel):
    print("waiting")
    with open(os.environ["QD_TEST_GATE"]) as gate:
        gate.read()
    panel.components["text"].text = "past the gate"
    panel.store["runs"] = panel.store.get("runs", 0) + 1
"""


def test_a_run_goes_on_while_its_hub_dies_and_the_next_one_hears_its_end(place, hub, start, monkeypatch):
    write(place, BLOCKING)
    os.mkfifo(place / "gate")
    monkeypatch.setenv("QD_TEST_GATE", str(place / "gate"))
    start()
    hub.hellos.get(timeout=PATIENCE)
    hub.call("c1", "load", version="abc", setup=True, store={}, panel={})
    hub.ask("c2", "run", turns=[turn("r1", "update")])
    with open(place / "gate", "w"):  # waits for the hook to stand at the other end
        hub.die()
        hub.open()
        hello = hub.hellos.get(timeout=PATIENCE)
        assert (hello["state"]["run"], hello["state"]["loaded"]) == ("r1", "abc")
    assert hub.ends.get(timeout=PATIENCE) == ("run/r1", "run.done")
    assert hub.replies.get(timeout=PATIENCE)["id"] in ("c1", "c2")
    assert hub.state("script/sample/panel/text")["text"] == "past the gate"
    assert hub.state("script/sample/store")["values"] == {"runs": "1"}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_worker_after_its_run(place, hub, start, monkeypatch, number):
    write(place, BLOCKING)
    os.mkfifo(place / "gate")
    monkeypatch.setenv("QD_TEST_GATE", str(place / "gate"))
    worker = start()
    hub.hellos.get(timeout=PATIENCE)
    hub.call("c1", "load", version="abc", setup=True, store={}, panel={})
    hub.ask("c2", "run", turns=[turn("r1", "update")])
    with open(place / "gate", "w"):
        worker.send_signal(number)
    assert hub.ends.get(timeout=PATIENCE) == ("run/r1", "run.done")
    assert worker.wait(PATIENCE) == 0


FORKING = """
import gc
import os
import quarterdeck
from quarterdeck.sdk.client import Client
from datetime import timedelta

@quarterdeck.hooks.schedule(run_every=timedelta(seconds=1))
def update(panel):
    child = os.fork()
    if child == 0:
        print("from the child")
        panel.components["text"].text = "from the child"
        for client in [each for each in gc.get_objects() if isinstance(each, Client)]:
            client.flush(2)  # it would have time to reach the hub
        os._exit(0)
    os.waitpid(child, 0)
    panel.components["text"].text = "from the parent"
"""


def test_a_forked_child_is_not_the_worker(place, hub, start):
    write(place, FORKING)
    start()
    hub.hellos.get(timeout=PATIENCE)
    hub.call("c1", "load", version="abc", setup=True, store={}, panel={})
    assert hub.call("c2", "run", turns=[turn("r1", "update")])["result"]["refused"] == {}
    assert hub.state("script/sample/panel/text")["text"] == "from the parent"
    assert hub.hellos.empty()
    log = hub.state("run/r1")["log"]
    assert "O from the child\n" in (place / "logs" / log["file"]).read_text()


def test_without_its_environment_the_worker_says_who_starts_it():
    done = subprocess.run(
        [sys.executable, "-P", "-m", "quarterdeck.worker"],
        env={"PYTHONPATH": str(ROOT / "src")}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "started by the hub" in done.stderr
