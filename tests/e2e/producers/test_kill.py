"""The hub is killed (-9) at 20 random points under 1,000 events a second.

No acknowledged event is lost, none counts twice.  The seed is printed with a failure.
"""

from __future__ import annotations

import random
import sys
import threading
import time
from typing import Any

from quarterdeck.kinds import all_kinds
from quarterdeck.sdk.client import Client
from quarterdeck.sdk.http import HttpTransport
from quarterdeck.store.sqlite import SqliteStore

KILLS = 20
RATE = 1_000
TOPIC = "lab/kill"


class Load:
    """A thread that emits numbered events at the rate, and what is known of their fate."""

    def __init__(self, client: Client) -> None:
        self.emitted = 0
        self.acknowledged = 0
        self._client = client
        self._ends: dict[int, int] = {}
        self._stopped = threading.Event()
        self._note(client._sender.outbox)
        self._thread = threading.Thread(target=self._emit)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()

    def _emit(self) -> None:
        began = time.monotonic()
        while not self._stopped.wait(0.001):
            while self.emitted < (time.monotonic() - began) * RATE:
                ops = [["push", "numbers", [self.emitted], 1_000_000], ["add", "count", {"all": 1}]]
                self._client.emit(TOPIC, ops)
                self.emitted += 1

    def _note(self, outbox: Any) -> None:
        """Keep, beside the outbox, up to which event each batch goes, and which batch was acknowledged."""
        freeze, acknowledged = outbox.freeze, outbox.acknowledged

        def noted_freeze(limit: int) -> Any:
            batch = freeze(limit)
            if batch is not None:
                for frozen in outbox.frozen:
                    pushed = [op[2] for frame in frozen.frames for op in frame["ops"] if op[0] == "push"]
                    self._ends[frozen.number] = pushed[-1][-1] + 1
            return batch

        def noted_acknowledged(number: int, refused: Any) -> None:
            assert not refused
            self.acknowledged = max(self.acknowledged, self._ends[number])
            acknowledged(number, refused)

        outbox.freeze, outbox.acknowledged = noted_freeze, noted_acknowledged


def test_no_acknowledged_event_is_lost_and_none_counts_twice(deck: Any) -> None:
    seed = random.SystemRandom().randrange(10**9)
    rnd = random.Random(seed)
    deck.up()
    client = Client(HttpTransport(deck.url, deck.tokens["producer"]), name="load")
    load = Load(client)
    unacknowledged = unanswered = 0
    try:
        for kill in range(KILLS):
            _until_acknowledged(load)
            time.sleep(rnd.random() * 0.15)
            frozen = client._sender.outbox.frozen
            # Every other one is aimed: at once when a batch is on its way, or when it is about to become durable.
            while kill % 2 and not frozen:
                time.sleep(0.0001)
            time.sleep(rnd.choice((0.0, 0.001, 0.002)))
            deck.kill()
            unacknowledged += bool(frozen)
            kept = _kept(deck)
            unanswered += kept > load.acknowledged
            assert kept >= load.acknowledged, f"seed {seed}, kill {kill}: acknowledged events were lost"
            deck.up()
    finally:
        load.stop()
    assert client.flush(60), f"seed {seed}"
    assert client.close(60)
    state = deck.state(TOPIC)
    said = f"{load.emitted} events, {unacknowledged} kills hit a batch, {unanswered} of them a durable one"
    sys.stdout.write(f"seed {seed}: {said}\n")
    assert state["numbers"] == list(range(load.emitted)), f"seed {seed}"
    assert state["count"] == {"all": load.emitted}, f"seed {seed}"
    assert client.dropped == client.refused == 0
    assert unacknowledged > 0, f"seed {seed}: no kill hit an unacknowledged batch, so nothing was tested"


def _until_acknowledged(load: Load) -> None:
    """Wait until the hub, up again, takes events."""
    goal, until = load.emitted, time.monotonic() + 60
    while load.acknowledged <= goal:
        assert time.monotonic() < until, "nothing is acknowledged any more"
        time.sleep(0.001)


def _kept(deck: Any) -> int:
    """How many events the dead hub's file holds; each once, in order, without a gap."""
    store = SqliteStore(deck.folder / ".quarterdeck" / "quarterdeck.db", all_kinds())
    try:
        state = store.load(TOPIC)
    finally:
        store.close()
    numbers = state.values["numbers"] if state else []
    assert numbers == list(range(len(numbers)))
    assert state is None or state.values["count"] == {"all": len(numbers)}
    return len(numbers)
