"""What measuring costs a web service: a request within one process, and under a real server."""

from __future__ import annotations

import asyncio
import http.client
import os
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from benchmarks.components import Taking
from benchmarks.figures import Figure, number
from benchmarks.server import Hub, cpu_seconds, free_port, running_hub, wait_for_page
from quarterdeck import monitor
from quarterdeck.sdk import default
from quarterdeck.sdk.client import Client
from quarterdeck.sdk.services.service import close_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Chunk = Callable[[], None]
    """Asks ``CHUNK`` times."""

REQUESTS = 5_000
CHUNK = 50
ROUNDS = 7
SERVED = 4_000
CLIENTS = 4
IDLE = 0.05
"""Seconds of processor time, in 1.2, of a server that has nothing more to write."""
# Peers in an environment of their own: their names, how many requests show what one costs, and how many under a server.
PEERS = {
    "1": ("Flask-MonitoringDashboard, level 1", 40, 100),
    "3": ("Flask-MonitoringDashboard, level 3", 40, 0),
    "opentelemetry": ("OpenTelemetry", 1000, 1000),
}
PEERS_PYTHON = Path(sys.prefix) / "peers" / ("Scripts" if os.name == "nt" else "bin") / "python"
ROOT = Path(__file__).resolve().parent.parent
APP = """
import sys
from flask import Flask
from waitress import serve
app = Flask("shop")
@app.get("/cart/<int:number>")
def cart(number):
    return "ok"
if sys.argv[1] == "ours":
    from quarterdeck import monitor
    monitor.bind(app=app)
if sys.argv[1] == "exporter":
    from prometheus_flask_exporter import PrometheusMetrics
    PrometheusMetrics(app, group_by="url_rule")
serve(app, listen=f"127.0.0.1:{sys.argv[2]}", threads=8, _quiet=True)
"""


def flask_app(add: Callable[[Any], object]) -> Any:
    """A service that does next to nothing."""
    from flask import Flask

    app = Flask("shop")
    app.add_url_rule("/cart/<int:number>", "cart", lambda number: "ok")
    add(app)
    return app


def exporter(app: Any) -> None:
    """Prometheus' exporter, by rule as we do."""
    from prometheus_client import CollectorRegistry
    from prometheus_flask_exporter import PrometheusMetrics

    PrometheusMetrics(app, group_by="url_rule", registry=CollectorRegistry())


def plain(_environ: Any, start_response: Any) -> list[bytes]:
    """The least that WSGI allows."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"ok"]


def added(bare: Chunk, *ways: Chunk) -> list[float]:
    """Microseconds of processor time that each way adds to a request: medians of rounds, in which they take turns.

    Only the first way has threads of its own: what these use is its, and so is telling what was measured.
    """
    found = [_round([bare, *ways]) for _ in range(ROUNDS + 1)][1:]
    return [median((each[place] - each[0]) / REQUESTS / 1000 for each in found) for place in range(1, len(ways) + 1)]


def _round(ways: list[Chunk]) -> list[int]:
    """Nanoseconds of processor time of each way; turns are short, as the machine's pace changes."""
    spent = [0] * len(ways)
    began = time.process_time_ns()
    for _ in range(REQUESTS // CHUNK):
        for place, chunk in enumerate(ways):
            before = time.thread_time_ns()
            chunk()
            spent[place] += time.thread_time_ns() - before
    close_all()
    default.current().flush()
    spent[1] += time.process_time_ns() - began - sum(spent)
    return spent


def asked(app: Any) -> Chunk:
    """Requests to a WSGI application."""
    from werkzeug.test import create_environ

    environ = create_environ("/cart/17")

    def chunk() -> None:
        for _ in range(CHUNK):
            answer = app(dict(environ), _start)
            for _part in answer:
                pass
            close = getattr(answer, "close", None)
            if close is not None:
                close()

    return chunk


def awaited(app: Any, loop: asyncio.AbstractEventLoop) -> Chunk:
    """Requests to an ASGI application."""
    scope = {"type": "http", "method": "GET", "path": "/cart/17", "headers": [], "client": ("127.0.0.1", 80)}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    async def send(_message: dict[str, Any]) -> None:
        """Take everything."""

    async def some() -> None:
        for _ in range(CHUNK):
            await app(dict(scope), receive, send)

    return lambda: loop.run_until_complete(some())


def _start(_status: str, _headers: Any, *_: Any) -> None:
    """A server that takes everything."""


async def plain_async(_scope: Any, _receive: Any, send: Any) -> None:
    """The least that ASGI allows."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"ok"})


def added_by_peers() -> list[tuple[str, str]]:
    """The same, measured in the environment of the peers beside a bare app there, each with a database of its own."""
    found = []
    for how, (name, requests, _) in PEERS.items():
        with TemporaryDirectory() as folder:
            command = _peer("added", how, requests)
            out = subprocess.check_output(command, cwd=folder, env=_PEER_SEES, text=True)
        found.append((name, f"{number(float(out.split()[-1]))} us"))
    return found


def _peer(what: str, how: str, value: int) -> list[str]:
    return [str(PEERS_PYTHON), "-m", "benchmarks.peers.flask_service", what, how, str(value)]


_PEER_SEES = {**os.environ, "PYTHONPATH": str(ROOT)}


@contextmanager
def serving(how: str, hub: Hub) -> Iterator[tuple[int, int]]:
    """A server of the same app, measured in one way or not at all: its port and its pid."""
    port = free_port()
    environment = {
        **(_PEER_SEES if how in PEERS else os.environ),
        "QUARTERDECK_URL": f"http://127.0.0.1:{hub.port}",
        "QUARTERDECK_TOKEN": hub.producer,
    }
    command = _peer("serve", how, port) if how in PEERS else [sys.executable, "-c", APP, how, str(port)]
    with TemporaryDirectory() as folder, subprocess.Popen(command, env=environment, cwd=folder) as process:
        try:
            wait_for_page(port, "/cart/1")
            yield port, process.pid
        finally:
            process.terminate()


def load(port: int, requests: int = SERVED) -> None:
    """Ask by a few clients that keep their connections."""

    def ask() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        for each in range(requests // CLIENTS):
            connection.request("GET", f"/cart/{each}")
            connection.getresponse().read()
        connection.close()

    clients = [threading.Thread(target=ask) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()


def served() -> tuple[dict[str, float], float]:
    """How many times the server's processor time a request each way costs, and what the bare one costs (us).

    Each round compares the ways with the bare server of the same round; what is given is the median of the rounds.
    """
    ways = {"bare": SERVED, "ours": SERVED, "exporter": SERVED}
    ways |= {how: requests for how, (_, _, requests) in PEERS.items() if requests}
    ratios: dict[str, list[float]] = {way: [] for way in ways}
    bare = []
    with running_hub() as hub, ExitStack() as stack:
        servers = {way: stack.enter_context(serving(way, hub)) for way in ways}
        for way, (port, _) in servers.items():
            load(port, ways[way])
        for _ in range(ROUNDS):
            used = {way: _used(*server, ways[way]) for way, server in servers.items()}
            bare.append(used["bare"])
            for way in ways:
                ratios[way].append(used[way] / used["bare"])
    return {way: median(values) for way, values in ratios.items()}, median(bare)


def _used(port: int, pid: int, requests: int) -> float:
    before = cpu_seconds(pid)
    load(port, requests)
    seen, now = before, cpu_seconds(pid)
    while now - seen > IDLE:  # what is told, or written, afterwards belongs to it
        time.sleep(1.2)
        seen, now = now, cpu_seconds(pid)
    return (now - before) / requests * 1e6


def measure() -> list[Figure]:
    """The figures of this file."""
    default.use(Client(Taking()))
    flasks = [flask_app(add) for add in (lambda app: None, lambda app: monitor.bind(app=app), exporter)]
    flask, theirs = added(*map(asked, flasks))
    (wsgi,) = added(asked(plain), asked(monitor.bind(app=plain, name="plain")))
    with closing(asyncio.new_event_loop()) as loop:
        (asgi,) = added(awaited(plain_async, loop), awaited(monitor.bind(app=plain_async, name="async"), loop))
    ratios, bare = served()
    more = {way: 100 * (ratio - 1) for way, ratio in ratios.items()}
    return [
        Figure(
            "CPU that `monitor.bind` adds to a request of a Flask app, telling included",
            flask,
            "us",
            8.0,
            peers=(("prometheus-flask-exporter", f"{theirs:.3g} us"), *added_by_peers()),
        ),
        Figure("the same of a plain WSGI app", wsgi, "us", 4.0),
        Figure("the same of a plain ASGI app", asgi, "us", 4.0),
        Figure(
            "the same under waitress: the server's CPU a request, seven interleaved rounds, more",
            more["ours"],
            "%",
            5.0,
            peers=(
                ("prometheus-flask-exporter", f"+{more['exporter']:.3g} %"),
                *((PEERS[how][0], f"+{number(more[how])} %") for how in PEERS if how in more),
            ),
            note=f"bare {bare:.0f} us",
        ),
    ]
