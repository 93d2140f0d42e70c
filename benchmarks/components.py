"""What ``add_data`` and ``add_row`` cost the thread that calls them, while a client sends to a hub that takes all."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from benchmarks.figures import Figure, percentile
from quarterdeck.components import LineChart, Table
from quarterdeck.sdk.client import Client
from quarterdeck.worker.script import TopicSink

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

CALLS = 5_000
ROUNDS = 15


class Taking:
    """A transport whose hub has everything at once."""

    window = 4

    def open(self, link: Any) -> int:
        """Connected."""
        self._link = link
        return 0

    def send(self, batch: Any, replies: list[Any]) -> None:
        """Acknowledged."""
        if batch is not None:
            self._link.receive({"t": "reply", "batch": batch.number, "refused": []})

    def close(self) -> None:
        """Nothing to close."""

    def forget(self) -> None:
        """Nothing to forget."""


def cost_of(call: Callable[[int], None], client: Client) -> float:
    """Microseconds of this thread's processor time a call: the median of the rounds, without the loop itself."""
    costs = []
    for _ in range(ROUNDS):
        numbers = range(CALLS)
        began = time.thread_time()
        for number in numbers:
            call(number)
        used = time.thread_time() - began
        began = time.thread_time()
        for number in numbers:
            _nothing(number)
        costs.append((used - (time.thread_time() - began)) / CALLS * 1e6)
        client.flush()
    return percentile(costs, 0.5)


def _nothing(_: int) -> None:
    """What a call costs by itself."""


def measure() -> list[Figure]:
    """The figures of this file."""
    client = Client(Taking())
    chart, wide = LineChart("chart"), LineChart("wide", num_datasets=4, max_points=1000)
    table = Table("table", max_rows=10)
    for component in (chart, wide, table):
        component.bind(TopicSink(client, f"script/bench/panel/{component.id}"))
    calls: list[tuple[str, Callable[[int], None]]] = [
        ("`add_data(x, y)`", lambda n: chart.add_data(n, 20.25)),
        ("`add_data` of 4 values", lambda n: wide.add_data(n, 20.25, 21.5, 22.75, 23.125)),
        ("`add_row` of 3 cells", lambda n: table.add_row([n, "a text", 20.25])),
    ]
    figures = [Figure(f"{what}, CPU of the calling thread", cost_of(call, client), "us", 2) for what, call in calls]
    client.close()
    return figures
