"""100 changes a second to 200 viewers: the server's processor time for a thousand delivered updates, and their age."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.figures import Figure, number
from benchmarks.producer import Producer, SocketProducer
from benchmarks.server import cpu_seconds, free_port, running_hub

if TYPE_CHECKING:
    from collections.abc import Callable

VIEWERS, RATE, SECONDS = 200, 100, 6.0
FEWER = (50, 1)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one server delivered in the window."""

    delivered: float
    cpu_ms_per_1000: float
    p50: float
    p99: float
    bytes_per_update: float

    def text(self) -> str:
        """One line for the table."""
        return f"{number(self.cpu_ms_per_1000)} ms, p99 {number(self.p99)} ms behind, {number(self.delivered)}/s"


def deliver(
    pid: int,
    url: str,
    headers: list[str],
    messages: list[str],
    drive: Callable[[float], None] | None,
    count: int = VIEWERS,
) -> Delivery:
    """Let ``count`` viewers of one process watch a server (by pid) while ``drive`` makes the changes."""
    command = [sys.executable, "-m", "benchmarks.viewers", url, str(count), str(SECONDS), *headers]
    viewers = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert viewers.stdin is not None
    assert viewers.stdout is not None
    viewers.stdin.write("\n".join(messages))
    viewers.stdin.close()
    if viewers.stdout.readline().strip() != "ready":
        raise RuntimeError(f"the viewers could not connect to {url}; their process says why above")
    before = cpu_seconds(pid)
    if drive:
        drive(SECONDS)
    result = json.loads(viewers.stdout.readline())
    used = cpu_seconds(pid) - before
    viewers.wait()
    updates = max(1, result["updates"])
    return Delivery(
        updates / SECONDS,
        used * 1e6 / updates,
        result["p50"],
        result["p99"],
        result["bytes"] / updates,
    )


def events(number_of: int) -> list[dict[str, object]]:
    """One change: a row of a table and a point of a chart, an event on each topic, with the time of its birth."""
    born = f"@{time.time():.6f}@"
    return [
        {"topic": "bench/table", "ops": [["push", "rows", [[born, number_of, "steady", 21.5]], 10]]},
        {"topic": "bench/chart", "ops": [["push", "points", [[number_of, 21.5]], 1000]]},
    ]


def drive(send: Callable[[list[dict[str, object]]], None], seconds: float) -> None:
    """Make the changes at their rate."""
    start = time.perf_counter()
    for number_of in range(int(RATE * seconds)):
        send(events(number_of))
        time.sleep(max(0.0, start + (number_of + 1) / RATE - time.perf_counter()))


def ours(count: int = VIEWERS, *, posts: bool = False) -> Delivery:
    """Quarterdeck, login and store on; each change is a batch of its own, over one WebSocket or by HTTP."""
    with running_hub() as hub:
        producer = (Producer if posts else SocketProducer)(hub.port, hub.producer, "fanout")
        watch = json.dumps({"t": "watch", "id": "w", "topics": ["bench/table", "bench/chart"]})
        hello = json.dumps({"t": "hello", "version": 1, "features": []})
        url = f"ws://127.0.0.1:{hub.port}/api/live"
        headers = [f"Authorization: Bearer {hub.admin}"]
        run = functools.partial(drive, producer.send)
        delivery = deliver(hub.process.pid, url, headers, [hello, watch], run, count)
        producer.close()
        return delivery


def peer(name: str) -> Delivery:
    """A peer's server from benchmarks/peers, which makes the same changes by itself."""
    port = free_port()
    command = [sys.executable, "-m", f"benchmarks.peers.{name}", str(port), str(RATE)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        server.stdout.readline()
        time.sleep(0.5)
        url = f"ws://127.0.0.1:{port}/socket.io/?EIO=4&transport=websocket"
        return deliver(server.pid, url, [], ["40"], lambda seconds: None)
    finally:
        server.kill()
        server.wait()


def measure() -> list[Figure]:
    """The figures of this file."""
    peers = tuple((label, peer(module).text()) for label, module in PEERS)
    mine, by_post = ours(), ours(posts=True)
    fewer = [(count, ours(count)) for count in FEWER]
    what = "hub CPU a 1000 delivered"
    return [
        Figure(
            f"100 changes/s to 200 viewers, login and store on: {what}",
            mine.cpu_ms_per_1000,
            "ms",
            4,
            peers=peers,
            before=(("NiceGUI, Bokeh", "cannot"),),
            note=f"{number(mine.delivered)} of {VIEWERS * RATE} delivered a second",
        ),
        Figure("the same: 99 % of the updates are less behind than", mine.p99, "ms", 100),
        Figure("the same: bytes an update (row and point)", mine.bytes_per_update, "bytes"),
        Figure(f"the same, each change a request of its own: {what}", by_post.cpu_ms_per_1000, "ms"),
        *(Figure(f"the same to {count} viewers: {what}", few.cpu_ms_per_1000, "ms") for count, few in fewer),
    ]


PEERS = (("python-socketio", "python_socketio"), ("flask-socketio, full state", "flask_socketio_server"))
