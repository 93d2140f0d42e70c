"""A hub for tests in this process: it folds what the worker emits and makes calls."""

from __future__ import annotations

import itertools
import sys

import pytest

from quarterdeck.core.fold import fold
from quarterdeck.core.plain import check_values
from quarterdeck.core.state import TopicState
from quarterdeck.sdk.blob import Blob
from quarterdeck.sdk.calls import Call
from quarterdeck.worker.begun import Begun
from quarterdeck.worker.logfile import LogFile
from quarterdeck.worker.worker import Worker


class Clock:
    """Each look is a millisecond later."""

    def __init__(self):
        self.step = 1000
        self.time = 1_700_000_000_000_000

    def now(self):
        self.time += self.step
        return self.time

    def monotonic(self):
        return self.now() / 1_000_000


class Hub:
    """Stands for the client and the hub behind it."""

    connected = True

    def __init__(self):
        self.topics = {}
        self.batches = []
        self.closed = False
        self.held = []

    def connect(self, state, take):
        self.hello, self.take = state, take
        return self

    def emit(self, topic, ops, name=None, at=None):
        self.emit_all([(topic, ops, name)])

    def emit_all(self, events):
        self.batches.append([(topic, name) for topic, _, name in events])
        for topic, ops, _ in events:
            # The bytes of a blob go their own way; the hub sees its value.
            told = [[dict(part) if type(part) is Blob else part for part in op] for op in ops]
            check_values(told)
            fold(self.topics.setdefault(topic, TopicState()), told)

    def pusher(self, topic, field, cap, *, plain=False):
        return lambda item: self.emit(topic, [["push", field, [list(item)], cap]])

    def hold(self, seconds):
        self.held.append(len(self.batches))

    def let_go(self):
        self.held.append(len(self.batches))

    def close(self, timeout):
        self.closed = True

    def state(self, topic):
        return self.topics[topic].values if topic in self.topics else {}


class Deck:
    """One script and its worker.  ``write`` makes its files, ``load`` and ``run`` are the hub's calls."""

    def __init__(self, folder):
        self.folder = folder / "scripts" / "sample"
        self.folder.mkdir(parents=True)
        self.logs = folder / "logs"
        self.hub = Hub()
        self.clock = Clock()
        self.worker = self.new_worker()
        self._ids = itertools.count(1)

    def new_worker(self):
        file, begun = LogFile(str(self.logs), "script/sample"), Begun(str(self.logs), "script/sample")
        self.worker = Worker(self.hub.connect, "sample", str(self.folder), file, begun, self.clock)
        return self.worker

    def write(self, **files):
        for name, text in {"layout": "<Grid><Text id=text /></Grid>", **files}.items():
            path = self.folder / ("layout.html" if name == "layout" else name.replace("__slash__", "/") + ".py")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def call(self, name, **args):
        answers = []
        frame = {"id": f"c{next(self._ids)}", "topic": "script/sample", "name": name, "args": args}
        call = Call(frame, answers.append)
        # pytest has streams of its own in each phase of a test, so ours stand in only as long as they are needed.
        with self.worker.output:
            if name == "load":
                self.worker.load(call)
            else:
                self.worker.take(call)
                self.worker.run_due()
        assert len(answers) == 1
        return answers[0]

    def give(self, *turns):
        """What the hub is told of these turns, (run, hook, arguments), when all are over."""
        given = [{"run": run, "hook": hook, "due": 0, "cause": "schedule", "args": args} for run, hook, args in turns]
        return self.call("run", turns=given)["result"]

    def load(self, version="1", setup=True, **args):
        answer = self.call("load", version=version, setup=setup, **args)
        assert "result" in answer, answer
        return answer["result"]

    def broken(self):
        error = self.call("load", version="1", setup=True)["error"]
        assert error["code"] == "broken"
        return error

    def run(self, hook="update", run="r1", **args):
        answer = self.give((run, hook, args))
        assert not answer["refused"], answer
        return self.hub.state(f"run/{run}")

    def panel(self, id):
        return self.hub.state(f"script/sample/panel/{id}")

    @property
    def kept(self):
        return self.hub.state("script/sample/store").get("values", {})

    def known(self):
        """What the hub passes with load: the states of the panel."""
        prefix = "script/sample/panel/"
        return {
            topic.removeprefix(prefix): {"state": state.values, "types": state.types}
            for topic, state in self.hub.topics.items()
            if topic.startswith(prefix) and state.values
        }


@pytest.fixture
def deck(tmp_path, monkeypatch):
    """A deck of one script; what its modules leave in this process is taken away again."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "path_hooks", list(sys.path_hooks))
    before = set(sys.modules)
    yield Deck(tmp_path)
    for name in set(sys.modules) - before:
        if str(tmp_path) in (getattr(sys.modules[name], "__file__", None) or ""):
            del sys.modules[name]


HEAD = """
import quarterdeck as dash
from datetime import timedelta, time
every = dash.hooks.schedule(run_every=timedelta(seconds=1))
"""


@pytest.fixture
def head():
    return HEAD
