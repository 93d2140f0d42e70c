"""What it costs to look at requests: for outliers, and for a profile every 5 ms, while 8 threads answer some."""

from __future__ import annotations

import threading
import time
from statistics import median
from typing import Any

from benchmarks.components import Taking
from benchmarks.figures import Figure
from quarterdeck.integrations.wsgi import Monitored
from quarterdeck.sdk import default
from quarterdeck.sdk.client import Client
from quarterdeck.sdk.services.service import Service

THREADS = 8
SECONDS = 2.0
ROUNDS = 5
DEPTH = 20
THREAD = "quarterdeck-sampling"


class Busy:
    """An application that computes, twenty calls deep, until it is told to stop; it counts what it has done."""

    def __init__(self) -> None:
        self.done = 0
        self.ends = False

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        self._deep(DEPTH)
        return [b"ok"]

    def _deep(self, calls: int) -> None:
        if calls:
            self._deep(calls - 1)
            return
        while not self.ends:
            sum(range(200))
            self.done += 1


def round_of(app: Busy, served: Any) -> tuple[float, float]:
    """Eight requests for a while: what they did a second of processor time; the sampling thread's share of a core."""
    app.done, app.ends = 0, False
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/busy"}
    threads = [threading.Thread(target=lambda: served(dict(environ), lambda *_: None)) for _ in range(THREADS)]
    began, used, sampled = time.perf_counter(), time.process_time(), _sampled()
    for thread in threads:
        thread.start()
    time.sleep(SECONDS)
    app.ends = True
    for thread in threads:
        thread.join()
    taken = time.perf_counter() - began
    return app.done / (time.process_time() - used), 100 * (_sampled() - sampled) / taken


def _sampled() -> float:
    """Seconds of processor time that the sampling thread has used."""
    thread = next((each for each in threading.enumerate() if each.name == THREAD), None)
    if thread is None:
        return 0.0
    with open(f"/proc/self/task/{thread.native_id}/schedstat") as file:
        return int(file.read().split()[0]) / 1e9


def measure() -> list[Figure]:
    """The figures of this file."""
    default.use(Client(Taking()))
    bare, watched, profiled = Busy(), Busy(), Busy()
    served: dict[Busy, Any] = {bare: bare}
    for app, name in ((watched, "watched"), (profiled, "profiled")):
        served[app] = Monitored(app, Service(name, "1", "WSGI"))
    rounds: dict[Busy, list[tuple[float, float]]] = {app: [] for app in served}
    for _ in range(ROUNDS):
        for app, way in served.items():
            if app is profiled:
                served[profiled].service.profiles.take({"endpoint": None, "seconds": SECONDS + 1})
            rounds[app].append(round_of(app, way))
    less = {
        app: 100 * (1 - median(mine / base for (mine, _), (base, _) in zip(rounds[app], rounds[bare], strict=True)))
        for app in (watched, profiled)
    }
    share = {app: median(used for _, used in rounds[app]) for app in (watched, profiled)}
    note = "the requests do {:.3g} % less a second of processor time"
    return [
        Figure(
            f"looking for outliers while {THREADS} threads compute: CPU of the sampling thread",
            share[watched],
            "% of a core",
            note=note.format(max(0.0, less[watched])),
        ),
        Figure(
            "the same while they are profiled every 5 ms",
            share[profiled],
            "% of a core",
            note=note.format(max(0.0, less[profiled])),
        ),
    ]
