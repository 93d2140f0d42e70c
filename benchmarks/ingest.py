"""Accepted events a second from 20 producers on 500 topics, each acknowledged only when durable."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.figures import Figure, number
from benchmarks.producer import Producer
from benchmarks.server import running_hub

PRODUCERS, TOPICS, EVENTS_A_BATCH, SECONDS, PROCESSES = 20, 500, 200, 6.0, 2
EACH = PRODUCERS // PROCESSES


def load(port: int, token: str, first: int, seconds: float) -> int:
    """One process of the generator: its producers take turns, each batch on the producer's own 25 topics."""
    import threading

    accepted = [0] * EACH
    until = time.perf_counter() + seconds

    def produce(index: int) -> None:
        producer = Producer(port, token, f"load-{first + index}")
        own = [f"load/{(first + index) * (TOPICS // PRODUCERS) + n}" for n in range(TOPICS // PRODUCERS)]
        events: list[dict[str, object]] = [
            {"topic": own[n % len(own)], "ops": [["set", "value", n], ["add", "hits", {"all": 1}]]}
            for n in range(EVENTS_A_BATCH)
        ]
        body = producer.body(events)
        while time.perf_counter() < until:
            producer.send_body(body)
            accepted[index] += EVENTS_A_BATCH

    threads = [threading.Thread(target=produce, args=(index,)) for index in range(EACH)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(accepted)


def ours() -> tuple[float, float]:
    """Accepted events a second, and the hub's processor time an event in microseconds."""
    with running_hub() as hub:
        arguments = [str(hub.port), hub.producer]
        before = hub.cpu()
        start = time.perf_counter()
        processes = [
            subprocess.Popen(
                [sys.executable, "-m", "benchmarks.ingest", *arguments, str(first), str(SECONDS)],
                stdout=subprocess.PIPE,
                text=True,
            )
            for first in range(0, PRODUCERS, EACH)
        ]
        accepted = sum(int(process.communicate()[0]) for process in processes)
        took = time.perf_counter() - start
        return accepted / took, (hub.cpu() - before) * 1e6 / max(1, accepted)


def commit_each() -> float:
    """Events a second when each is a commit of its own: WAL, synchronous=FULL, the plain way with SQLite."""
    with tempfile.TemporaryDirectory() as folder:
        connection = sqlite3.connect(Path(folder) / "each.db", isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE event (topic TEXT, body TEXT)")
        count, until = 0, time.perf_counter() + 3
        start = time.perf_counter()
        while time.perf_counter() < until:
            connection.execute("INSERT INTO event VALUES (?, ?)", (f"load/{count % TOPICS}", '{"value": 1}'))
            count += 1
        took = time.perf_counter() - start
        connection.close()
        return count / took


def measure() -> list[Figure]:
    """The figures of this file."""
    rate, micros = ours()
    return [
        Figure(
            "accepted events from 20 producers on 500 topics, durable",
            rate,
            "/s",
            20_000,
            at_least=True,
            peers=(("a commit each", f"{number(commit_each())}/s"),),
            note="two operations an event",
        ),
        Figure("the same: hub CPU an event", micros, "us"),
    ]


if __name__ == "__main__":
    print(load(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4])))
