"""The board: fold, borders, births, listeners, and the pace of delivery."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from quarterdeck.core.begin import Begun
from quarterdeck.core.ops import Refused
from quarterdeck.hub.delivery.board import Board
from quarterdeck.hub.delivery.borders import AT_ONCE, PACE
from quarterdeck.hub.delivery.interest import Watch
from quarterdeck.store.query import parse_query

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Timers
    from quarterdeck.hub.exchange import Exchange

pytestmark = pytest.mark.asyncio


async def test_an_event_is_folded_at_once(exchange: Exchange) -> None:
    exchange.board.publish("lab", [["set", "t", 21.5], ["push", "log", ["warm"]]])
    state = exchange.board.state("lab")
    assert state is not None
    assert state.values == {"t": 21.5, "log": ["warm"]}


async def test_what_is_said_to_begin_and_is_there_takes_the_place_of_nothing(exchange: Exchange) -> None:
    for begun in (Begun({"t": 1, "u": 1}, {"log": (9, ["a"])}, 99), Begun({"t": 2}, {"log": (9, ["b"])}, 99)):
        exchange.board.begin("lab", begun)
    assert exchange.board.state("lab").values == {"t": 2, "u": 1, "log": ["a", "b"]}
    await exchange.board.committed()
    assert exchange.store.load("lab") == exchange.board.state("lab")


async def test_a_refused_event_changes_nothing(exchange: Exchange) -> None:
    exchange.board.publish("lab", [["set", "t", 1]])
    with pytest.raises(Refused):
        exchange.board.publish("lab", [["set", "t", 2], ["push", "t", ["no"]]])
    state = exchange.board.state("lab")
    assert state is not None
    assert state.values == {"t": 1}
    assert exchange.board.seq == 0


async def test_a_value_that_is_not_plain_is_refused_from_anybody(exchange: Exchange) -> None:
    with pytest.raises(Refused):
        exchange.board.publish("lab", [["set", "t", b"bytes"]])


async def test_a_long_look_into_the_store_holds_nothing_up(exchange: Exchange) -> None:
    begun, over = asyncio.Event(), asyncio.Event()

    async def slowly(look: Callable[[], Any]) -> Any:
        found = look()
        begun.set()
        await over.wait()
        return found

    board = Board(exchange.store, exchange.commits, exchange.clock.now, aside=slowly)
    board.publish("run/1", [["set", "state", "running"]])
    asked = asyncio.create_task(board.list(parse_query("run")))
    await begun.wait()
    board.publish("run/1", [["set", "state", "done"]])
    over.set()
    (item,) = (await asked).items
    assert item.state.values["state"] == "done"


async def test_what_has_ended_may_begin_anew_before_the_store_hears_of_it(exchange: Exchange) -> None:
    board = exchange.board
    board.publish("service/shop", [["set", "old", 1]])
    await board.committed()
    board.end(["service/shop"])
    assert board.state("service/shop") is None
    board.publish("service/shop", [["set", "new", 2]])
    await board.committed()
    for state in (board.state("service/shop"), exchange.store.load("service/shop")):
        assert state is not None
        assert (state.values["new"], "old" in state.values) == (2, False)


async def test_a_kind_gives_its_fields_their_types_at_birth_and_after_an_end(exchange: Exchange) -> None:
    board = exchange.board
    board.publish("run/1", [["set", "state", "running"]])
    state = board.state("run/1")
    assert state is not None
    assert state.types["tail"] == ["list", 200]
    board.publish("run/1", [["drop"], ["set", "state", "waiting"]])
    again = board.state("run/1")
    assert again is not None
    assert again.values == {"state": "waiting", "tail": []}
    board.publish("run/1", [["drop"]])
    assert board.state("run/1") is None


async def test_the_first_changes_after_quiet_go_out_at_once_and_the_next_at_the_pace(
    exchange: Exchange, timers: Timers
) -> None:
    board = exchange.board
    board.audience.join(frozenset({Watch(topic="lab")}))
    for number in range(1, AT_ONCE + 1):
        board.publish("lab", [["set", "t", number]])
        timers.advance()
        assert board.seq == number
    board.publish("lab", [["set", "t", 0]])
    timers.advance(0.049)
    assert board.seq == AT_ONCE
    timers.advance(0.002)
    assert board.seq == AT_ONCE + 1
    timers.advance(1.0)
    assert board.seq == AT_ONCE + 1


async def test_lasting_change_goes_out_twenty_times_a_second(exchange: Exchange, timers: Timers) -> None:
    board = exchange.board
    board.audience.join(frozenset({Watch(topic="lab")}))
    for number in range(1000):
        board.publish("lab", [["set", "t", number]])
        timers.advance(0.002)
    assert 38 <= board.seq <= 2 / PACE + AT_ONCE


async def test_what_nobody_watches_is_not_serialised(exchange: Exchange) -> None:
    exchange.board.publish("lab", [["set", "t", 1]])
    assert exchange.board.close() == 1
    assert len(exchange.board.ring) == 0


async def test_listeners_hear_in_the_same_turn_and_cannot_break_the_board(exchange: Exchange, caplog: Any) -> None:
    heard: list[Any] = []

    def broken(topic: str, ops: Any, name: str | None) -> None:
        raise RuntimeError(topic)

    exchange.board.listen("run", broken)
    stop = exchange.board.listen("run", lambda topic, ops, name: heard.append((topic, ops[-1], name)))
    exchange.board.publish("run/1", [["set", "state", "done"]], name="run.done")
    exchange.board.publish("runner", [["set", "state", "done"]])
    assert heard == [("run/1", ["set", "state", "done"], "run.done")]
    assert "run/1" in caplog.text
    stop()
    exchange.board.publish("run/1", [["set", "state", "lost"]])
    assert len(heard) == 1


async def test_a_named_event_is_stored_with_who_did_it(exchange: Exchange) -> None:
    ops = [["set", "state", "running"]]
    exchange.board.publish("run/1", ops, name="run.started", by="ada", data={"cause": "trigger"})
    exchange.board.publish("run/2", ops, name="run.started")  # nobody's: its topic says it
    exchange.board.publish("job/1", ops, name="job.done", by="a program's token")  # so does a program's
    await exchange.board.committed()
    (event,) = exchange.store.events("run")
    assert (event.name, event.by, event.data) == ("run.started", "ada", {"cause": "trigger"})


async def test_a_list_has_what_is_not_yet_committed(exchange: Exchange) -> None:
    from quarterdeck.store.query import parse_query

    exchange.board.publish("run/1", [["set", "state", "running"]])
    page = await exchange.board.list(parse_query(kind="run"))
    assert [item.topic for item in page.items] == ["run/1"]


async def test_quiet_topics_leave_memory_and_come_back_from_the_store(exchange: Exchange) -> None:
    board = exchange.board
    board.states._held = 10
    for number in range(50):
        board.publish(f"lab/{number}", [["set", "t", number]])
    await board.committed()
    board.publish("lab/x", [["set", "t", 0]])
    board.close()
    assert len(board.states) <= 11
    state = board.state("lab/0")
    assert state is not None
    assert state.values == {"t": 0}
    board.publish("lab/0", [["set", "u", 1]])
    grown = board.state("lab/0")
    assert grown is not None
    assert grown.values == {"t": 0, "u": 1}


async def test_what_has_ended_in_the_store_alone_begins_anew(exchange: Exchange) -> None:
    exchange.board.publish("lab", [["add", "n", {"a": 1}]])
    await exchange.board.committed()
    exchange.board.end(["lab"])
    assert exchange.board.state("lab") is None
    exchange.board.publish("lab", [["add", "n", {"a": 1}]])
    await exchange.board.committed()
    state, stored = exchange.board.state("lab"), exchange.store.load("lab")
    assert state is not None
    assert stored is not None
    assert state.values == stored.values == {"n": {"a": 1}}


async def test_a_snapshot_says_kind_types_and_whether_the_topic_exists(exchange: Exchange) -> None:
    board = exchange.board
    cell = [1, 5, 5, 5, [7, 5], {"1": 1}]
    board.publish("script/a", [["set", "state", "idle"], ["record", "duration", {"1": cell}, 1e-6]])
    board.close()
    snapshot = json.loads(board.snapshot("script/a"))
    assert snapshot["kind"] == "script"
    assert snapshot["types"]["duration"] == ["series", 1e-6]
    assert "duration" not in snapshot["state"]
    assert json.loads(board.snapshot("script/b"))["missing"] is True
