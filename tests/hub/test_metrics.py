"""The hub's own figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from quarterdeck.core.series import minute_of
from quarterdeck.hub.metrics import Metrics
from quarterdeck.hub.peers import ADMIN
from quarterdeck.kinds.hub import HUB

if TYPE_CHECKING:
    from conftest import StillClock
    from quarterdeck.hub.exchange import Exchange

pytestmark = pytest.mark.asyncio


async def test_the_topic_hub_has_what_its_kind_declares(exchange: Exchange, clock: StillClock) -> None:
    metrics = Metrics(exchange)
    events = [{"t": "patch", "topic": "lab", "ops": [["set", "x", n]], "dropped": 1} for n in range(50)]
    exchange.streams.accept("s", 1, [*events, {"t": "patch", "topic": "hub", "ops": []}], ADMIN)
    await exchange.board.committed()
    clock.seconds += 10
    await metrics.measure()
    await exchange.board.committed()
    state = exchange.board.state("hub")
    assert (state.values["refused"], state.values["dropped"], state.values["topics"]) == (1, 50, 1)
    assert state.values["memory"] > 2**20
    minute = int(minute_of(clock.now()))
    for field in [field for field, kind in HUB.fields.items() if kind[0] == "series"]:
        assert list(exchange.store.cells("hub", field, "minute", minute, minute + 1)) == [minute], field
    (ingest,) = exchange.store.cells("hub", "ingest", "minute", minute, minute + 1).values()
    assert ingest[1] == 5000
