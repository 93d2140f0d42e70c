"""Watched lists: at every border the rows are the page, and the watcher knows the state of every member."""

from __future__ import annotations

import asyncio
import json
import random
from typing import TYPE_CHECKING, Any

import pytest
from tests.many import many

from quarterdeck.hub.delivery.viewer import Viewer
from quarterdeck.hub.peers import ADMIN, GUEST, Rights
from quarterdeck.hub.watching import Watcher, query_of

if TYPE_CHECKING:
    from conftest import Screen
    from quarterdeck.hub.exchange import Exchange

pytestmark = pytest.mark.asyncio

QUERIES: list[dict[str, Any]] = [
    {"kind": "run", "order": "-started", "limit": 3},
    {"kind": "run", "order": "started", "limit": 2, "where": ["state = done"]},
    {"kind": "run", "where": ["started >= 5"]},
    {"prefix": "run", "limit": 4},
    {"kind": "run", "q": "b", "order": "-state", "limit": 3},
]


async def settled(exchange: Exchange) -> None:
    """Until every list that is being read again has been read."""
    while reading := [w.ready for w in exchange.queries._open.values() if w.ready and not w.ready.done()]:
        await asyncio.wait(reading)
    exchange.board.close()


@pytest.mark.parametrize("asked", QUERIES)
@pytest.mark.parametrize("seed", many(6, 2))
async def test_a_watched_list_equals_the_list(
    exchange: Exchange, screen: Screen, asked: dict[str, Any], seed: int
) -> None:
    rnd, board = random.Random(seed), exchange.board
    viewer = Viewer(board, exchange.windows)
    watcher = Watcher(exchange, viewer)
    for _ in range(rnd.randrange(8)):
        change(rnd, exchange)
    screen.take(await watcher.watch({"t": "watch", "id": "w", "query": asked}, ADMIN))
    name = screen.frames[-1]["topic"]
    for step in range(120):
        change(rnd, exchange)
        if rnd.random() < 0.3:
            await asyncio.sleep(0)
        if rnd.random() < 0.2:
            board.close()
            screen.take(await viewer.take())
        if step % 10 == 9:
            await settled(exchange)
            while viewer.seq < board.seq:
                screen.take(await viewer.take())
            await compare(exchange, screen, name, asked)


def change(rnd: random.Random, exchange: Exchange) -> None:
    topic = f"run/{rnd.choice('abcdefgh')}"
    started = rnd.choice([None, rnd.randrange(10), "soon"])
    ops = rnd.choice([
        [["set", "started", started]], [["set", "state", rnd.choice(["done", "failed", "b"])]],
        [["push", "tail", [[1, "O", "text"]], 200]], [["drop"]], [["drop", "started"]],
        [["set", "started", started], ["set", "state", "done"]],
    ])  # fmt: skip
    exchange.board.publish(topic, ops)


async def compare(exchange: Exchange, screen: Screen, name: str, asked: dict[str, Any]) -> None:
    page = await exchange.board.list(query_of(asked))
    rows = screen.states[name].values["rows"]
    column = query_of(asked).column
    want = {item.topic: item.topic if column == "topic" else item.state.values.get(column) for item in page.items}
    assert rows == want
    for topic in rows:
        assert screen.states[topic].values == exchange.board.state(topic).values, topic


async def test_equal_queries_with_equal_rights_are_one_list(exchange: Exchange) -> None:
    query = query_of({"kind": "run"})
    one, two = await exchange.queries.open(query, ADMIN), await exchange.queries.open(query, ADMIN)
    other = await exchange.queries.open(query, Rights(watch=("run/a",)))
    assert one is two
    assert other is not one
    exchange.board.publish("run/a", [["set", "state", "done"]])
    exchange.board.publish("run/b", [["set", "state", "done"]])
    assert (set(one.members), set(other.members)) == ({"run/a", "run/b"}, {"run/a"})
    for watched in (one, two, other):
        exchange.queries.close(watched)
    assert exchange.board.state(one.topic) is None
    assert not exchange.queries._open


async def test_a_page_behind_a_cursor(exchange: Exchange) -> None:
    for number in range(6):
        exchange.board.publish(f"run/{number}", [["set", "started", number]])
    first = await exchange.board.list(query_of({"kind": "run", "order": "started", "limit": 2}))
    asked = {"kind": "run", "order": "started", "limit": 2, "after": first.next}
    watched = await exchange.queries.open(query_of(asked), GUEST)
    assert sorted(watched.members) == ["run/2", "run/3"]
    exchange.board.publish("run/0", [["set", "state", "done"]])
    exchange.board.publish("run/5", [["set", "started", 2.5]])
    assert sorted(watched.members) == ["run/2", "run/5"]
    exchange.queries.close(watched)


async def test_the_rows_are_never_stored(exchange: Exchange) -> None:
    watched = await exchange.queries.open(query_of({"kind": "run"}), ADMIN)
    exchange.board.publish("run/a", [["set", "state", "done"]])
    await exchange.board.committed()
    assert exchange.store.load(watched.topic) is None
    assert json.loads(exchange.board.snapshot(watched.topic))["kind"] == "query"
    exchange.queries.close(watched)
