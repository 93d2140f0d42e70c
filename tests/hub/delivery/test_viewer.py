"""Watching: snapshots at borders, patches, resumes, the ring, prefixes, windows; in the end it is always the fold."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING, Any

import pytest
from tests.many import many

from quarterdeck.core.ops import Refused
from quarterdeck.core.series import cell_of, merge_cells
from quarterdeck.hub import watching
from quarterdeck.hub.delivery.interest import Interest
from quarterdeck.hub.delivery.viewer import Viewer
from quarterdeck.hub.peers import ADMIN
from quarterdeck.hub.watching import Watcher

if TYPE_CHECKING:
    from conftest import Screen, StillClock
    from quarterdeck.hub.exchange import Exchange

pytestmark = pytest.mark.asyncio


class Seat:
    """A viewer without a connection: ``look`` takes what it is owed."""

    def __init__(self, exchange: Exchange, screen: Screen) -> None:
        self.exchange = exchange
        self.screen = screen
        self.viewer = Viewer(exchange.board, exchange.windows)
        self.watcher = Watcher(exchange, self.viewer)

    async def watch(self, id: str = "w", **what: Any) -> list[dict[str, Any]]:
        frame = {"t": "watch", "id": id, **what}
        return self.see(await self.watcher.watch(frame, ADMIN))

    def see(self, text: str) -> list[dict[str, Any]]:
        frames = self.screen.take(text)
        for frame in frames:
            if frame.get("fresh"):
                self.forget(frame["id"], {other.get("topic") for other in frames})
        return frames

    def forget(self, id: str, told: set[Any]) -> None:
        """A fresh watch has told everything there is: what it covers and did not tell is no more."""
        covered = Interest(self.viewer.watching[id].watches)
        for topic in list(self.screen.states):
            if topic not in told and covered.covers(topic, 0):
                del self.screen.states[topic]

    async def look(self) -> list[dict[str, Any]]:
        frames = []
        self.exchange.board.close()
        while self.viewer.seq < self.exchange.board.seq:
            frames += self.see(await self.viewer.take())
        return frames


@pytest.fixture
def seat(exchange: Exchange, screen: Screen) -> Seat:
    return Seat(exchange, screen)


async def test_a_watch_closes_the_batch_and_begins_with_snapshots_at_one_seq(exchange: Exchange, seat: Seat) -> None:
    exchange.board.publish("a", [["set", "x", 1]])
    exchange.board.publish("b", [["set", "x", 2]])
    frames = await seat.watch(topics=["a", "b", "c"])
    assert [(f["t"], f.get("topic"), f["seq"]) for f in frames] == [
        ("snapshot", "a", 1), ("snapshot", "b", 1), ("snapshot", "c", 1), ("reply", None, 1)
    ]  # fmt: skip
    assert frames[2]["missing"] is True


async def test_changes_of_a_batch_come_merged_and_once(exchange: Exchange, seat: Seat) -> None:
    await seat.watch(topics=["a"])
    for number in range(100):
        exchange.board.publish("a", [["set", "x", number]])
        exchange.board.publish("other", [["set", "x", number]])
    (patch,) = await seat.look()
    assert patch == {"t": "patch", "topic": "a", "seq": 1, "ops": [["set", "x", 99]]}
    assert await seat.look() == []


async def test_after_unwatch_nothing_comes(exchange: Exchange, seat: Seat) -> None:
    await seat.watch(topics=["a"])
    seat.watcher.unwatch("w")
    exchange.board.publish("a", [["set", "x", 1]])
    assert await seat.look() == []


async def test_a_prefix_has_what_is_there_and_what_is_born_later(exchange: Exchange, seat: Seat) -> None:
    exchange.board.publish("script/a", [["set", "state", "idle"]])
    exchange.board.publish("script/ab", [["set", "state", "idle"]])
    await exchange.board.committed()
    frames = await seat.watch(prefix="script/a")
    assert [f["topic"] for f in frames if f["t"] == "snapshot"] == ["script/a"]
    exchange.board.publish("script/a/panel/t", [["set", "text", "hi"]])
    await seat.look()
    born = exchange.board.state("script/a/panel/t")
    assert seat.screen.states["script/a/panel/t"].values == born.values
    assert seat.screen.states["script/a/panel/t"].typed() == born.typed()


async def test_who_resumes_within_the_ring_gets_patches_and_quiet_topics_need_nothing(
    exchange: Exchange, seat: Seat, screen: Screen
) -> None:
    exchange.board.publish("a", [["set", "x", 1]])
    exchange.board.publish("quiet", [["set", "x", 1]])
    other = Seat(exchange, type(screen)())
    await other.watch(topics=["a", "quiet"])
    await seat.watch(topics=["a", "quiet"])
    seen = seat.viewer.seq
    seat.watcher.close()
    exchange.board.publish("a", [["push", "l", [1]]])
    again = Seat(exchange, screen)
    frames = await again.watch(topics=["a", "quiet"], epoch=exchange.board.epoch, after=seen)
    assert [(f["t"], f.get("topic")) for f in frames] == [("patch", "a"), ("reply", None)]
    assert "fresh" not in frames[-1]
    assert screen.states["a"] == exchange.board.state("a")


@pytest.mark.parametrize("stale", [{"epoch": "another", "after": 1}, {"after": 1}, {"after": 99}, {"after": -7}])
async def test_who_comes_from_another_epoch_or_with_nonsense_gets_snapshots(
    exchange: Exchange, seat: Seat, stale: dict[str, Any]
) -> None:
    exchange.board.publish("a", [["set", "x", 1]])
    stale = {"epoch": exchange.board.epoch, **stale} if "epoch" not in stale and stale["after"] != 1 else stale
    frames = await seat.watch(topics=["a"], **stale)
    assert [f["t"] for f in frames] == ["snapshot", "reply"]
    assert frames[-1]["fresh"] is True


async def test_a_change_that_nobody_watched_is_not_in_the_ring(exchange: Exchange, seat: Seat, screen: Screen) -> None:
    await seat.watch(topics=["a"])
    seen = seat.viewer.seq
    seat.watcher.close()
    exchange.board.publish("a", [["set", "x", 1]])
    exchange.board.close()
    frames = await Seat(exchange, screen).watch(topics=["a"], epoch=exchange.board.epoch, after=seen)
    assert [f["t"] for f in frames] == ["snapshot", "reply"]


async def test_behind_the_ring_come_fresh_snapshots_of_what_has_changed(exchange: Exchange, seat: Seat) -> None:
    exchange.board.ring.limit = 2000
    exchange.board.publish("quiet", [["set", "x", 1]])
    await seat.watch(topics=["a", "quiet"])
    for number in range(50):
        exchange.board.publish("a", [["set", "x", "." * 100 + str(number)]])
        exchange.board.close()
    frames = await seat.look()
    assert [(f["t"], f["topic"]) for f in frames] == [("snapshot", "a")]
    assert exchange.board.ring.size <= 2000


async def test_a_topic_that_ended_behind_the_ring_is_missing(exchange: Exchange, seat: Seat) -> None:
    exchange.board.publish("a/1", [["set", "x", 1]])
    await seat.watch(prefix="a")
    exchange.board.ring.limit = 0
    exchange.board.publish("a/1", [["drop"]])
    frames = await seat.look()
    assert [(f["topic"], f["missing"]) for f in frames] == [("a/1", True)]


async def test_a_topic_watched_twice_is_never_folded_twice(exchange: Exchange, seat: Seat) -> None:
    await seat.watch("one", topics=["a"])
    seen = seat.viewer.seq
    exchange.board.publish("a", [["push", "l", [1]]])
    await seat.watch("two", topics=["a"], epoch=exchange.board.epoch, after=seen)
    assert seat.screen.states["a"].values == {"l": [1]}


def at(minute: int, *values: int) -> dict[str, Any]:
    cell = cell_of(values[0], minute * 60_000_000)
    for value in values[1:]:
        cell = merge_cells(cell, cell_of(value, minute * 60_000_000))
    return {str(minute): cell}


async def test_only_a_window_brings_cells_and_they_are_exact(exchange: Exchange, seat: Seat, clock: StillClock) -> None:
    now = clock.now() // 60_000_000
    plain = Seat(exchange, type(seat.screen)())
    exchange.board.publish("s", [["record", "t", at(now - 90, 7)], ["record", "t", at(now, 5)]])
    await exchange.board.committed()
    exchange.board.publish("s", [["record", "t", at(now, 6)]])
    assert "cells" not in (await plain.watch(topics=["s"]))[0]
    snapshot = (await seat.watch(topics=["s"], window=60))[0]
    assert snapshot["cells"] == {"t": at(now, 5, 6)}
    exchange.board.publish("s", [["record", "t", at(now, 9)]])
    assert [f["ops"] for f in await seat.look()] == [[["record", "t", at(now, 9), 0.001]]]
    assert await plain.look() == []
    assert plain.screen.states["s"] == exchange.board.state("s")


async def test_a_window_is_exact_while_commits_are_under_way(exchange: Exchange, seat: Seat, clock: StillClock) -> None:
    now = clock.now() // 60_000_000
    for number in range(30):
        exchange.board.publish("s", [["record", "t", at(now, 1)]])
        if number % 3 == 0:
            await asyncio.sleep(0)
        frames = await seat.watch(f"w{number}", topics=["s"], window=5)
        snapshot = next(frame for frame in frames if frame["t"] == "snapshot")
        assert snapshot["cells"]["t"][str(now)][0] == number + 1


async def test_a_watch_stands_at_one_border_though_cells_are_read_meanwhile(exchange: Exchange, seat: Seat) -> None:
    await seat.watch("v", topics=["s"], window=5)
    exchange.board.ring.limit = 100
    for number in range(9):
        exchange.board.publish("s", [["record", "t", at(number, 1)], ["set", "x", number]])
        exchange.board.close()
    exchange.board.publish("b", [["add", "n", {"k": 1}]])
    # It is behind the ring, so it is owed a snapshot of s, whose cells are read beside the loop.
    watching = asyncio.create_task(seat.watch("w", topics=["b"]))
    await asyncio.sleep(0)
    exchange.board.publish("b", [["add", "n", {"k": 10}]])
    exchange.board.close()
    snapshot = next(frame for frame in await watching if frame.get("topic") == "b")
    assert (snapshot["seq"], snapshot["state"]) == (10, {"n": {"k": 1}})
    await seat.look()
    assert seat.screen.states["b"].values == {"n": {"k": 11}}


async def test_who_keeps_up_is_written_to_without_being_woken(exchange: Exchange, seat: Seat) -> None:
    written: list[str] = []
    takes = True

    def write(text: str) -> bool:
        if takes:
            written.append(text)
        return takes

    seat.viewer = Viewer(exchange.board, exchange.windows, write)
    seat.watcher = Watcher(exchange, seat.viewer)
    await seat.watch(topics=["a"])
    waiting = asyncio.create_task(seat.viewer.wait())
    await asyncio.sleep(0)
    for number in range(2):
        exchange.board.publish("a", [["set", "x", number]])
        exchange.board.close()
        exchange.board.publish("b", [["set", "x", number]])
        exchange.board.close()
    await asyncio.sleep(0)
    assert [frame["ops"] for text in written for frame in seat.see(text)] == [[["set", "x", 0]], [["set", "x", 1]]]
    assert not waiting.done()
    takes = False
    exchange.board.publish("a", [["set", "x", 2]])
    exchange.board.close()
    takes = True
    # It is owed one now: what comes meanwhile stands behind that, and is not written before it.
    exchange.board.publish("a", [["set", "x", 3]])
    exchange.board.close()
    await waiting
    assert len(written) == 2
    assert [frame["ops"] for frame in await seat.look()] == [[["set", "x", 2]], [["set", "x", 3]]]


async def test_another_watch_ends_the_waiting_on_the_old_ones(exchange: Exchange, seat: Seat) -> None:
    await seat.watch("v", topics=["a"])
    waiting = asyncio.create_task(seat.viewer.wait())
    await asyncio.sleep(0)
    await seat.watch("w", topics=["b"])
    await asyncio.wait_for(waiting, 5)
    assert not any(interest.waiting for interest in exchange.board.audience)


async def test_waiting_ends_with_a_change_of_what_is_watched_only(exchange: Exchange, seat: Seat) -> None:
    await seat.watch(topics=["a"])
    waiting = asyncio.create_task(seat.viewer.wait())
    await asyncio.sleep(0)
    exchange.board.publish("b", [["set", "x", 1]])
    exchange.board.close()
    await asyncio.sleep(0)
    assert not waiting.done()
    exchange.board.publish("a", [["set", "x", 1]])
    exchange.board.close()
    await waiting
    assert [f["ops"] for f in seat.screen.take(await seat.viewer.take())] == [[["set", "x", 1]]]


async def test_what_may_not_be_watched_is_refused(exchange: Exchange, seat: Seat) -> None:
    from quarterdeck.hub.peers import NONE, producer

    for rights, topics in ((NONE, ["a"]), (producer("p"), ["job/1", "script/a"])):
        with pytest.raises(Refused) as refused:
            await seat.watcher.watch({"t": "watch", "id": "w", "topics": topics}, rights)
        assert refused.value.code == "forbidden"
    with pytest.raises(Refused):
        await seat.watcher.watch({"t": "watch", "id": "w", "prefix": ""}, producer("p"))


async def test_a_prefix_over_too_much_is_refused_with_the_mend(
    exchange: Exchange, seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "MAX_UNDER", 5)
    for number in range(6):
        exchange.board.publish(f"a/{number}", [["set", "x", 1]])
    with pytest.raises(Refused) as refused:
        await seat.watch(prefix="a")
    assert "query" in refused.value.hint


TOPICS = ["a", "a/b", "a/c", "b", "run/1", "__proto__", "script/x"]
FIELDS = ["x", "l", "m", "c", "s", "constructor", "tail"]


def any_event(rnd: random.Random, minute: int) -> list[list[Any]]:
    ops: list[list[Any]] = []
    for _ in range(rnd.randint(1, 4)):
        field = rnd.choice(FIELDS)
        ops.append(rnd.choice([
            ["set", field, rnd.choice([1, None, "ü", [1, 2], {"k": 1}, -1.5, {}])],
            ["push", field, [rnd.randrange(9)] * rnd.randrange(4), rnd.choice([2, 5, 0])],
            ["put", field, {rnd.choice(["", "10", "__proto__"]): rnd.randrange(9)}],
            ["add", field, {rnd.choice(["", "k"]): rnd.randrange(-5, 5)}],
            ["record", field, at(minute - rnd.randrange(3), rnd.randrange(-9, 9))],
            ["drop", field],
            ["drop", field, "10"],
            *([["drop"]] if rnd.random() < 0.1 else []),
        ]))  # fmt: skip
    return ops


@pytest.mark.parametrize("seed", many(60, 15))
async def test_every_watcher_equals_the_fold(exchange: Exchange, screen: Screen, clock: StillClock, seed: int) -> None:
    rnd = random.Random(seed)
    board = exchange.board
    board.states._held = rnd.choice([2, 1000])
    board.ring.limit = rnd.choice([800, 5000, 2**24])
    seats = [Seat(exchange, type(screen)()) for _ in range(3)]
    minute = clock.now() // 60_000_000
    for _ in range(150):
        await one_step(rnd, exchange, seats, minute)
    for seat in seats:
        await seat.look()
        for id, wanted in seat.viewer.watching.items():
            for watch in wanted.watches:
                compare(exchange, seat, watch, id)
    exchange.board.ring.limit = 2**24


async def one_step(rnd: random.Random, exchange: Exchange, seats: list[Seat], minute: int) -> None:
    chance, index = rnd.random(), rnd.randrange(3)
    seat = seats[index]
    if chance < 0.6:
        try:
            exchange.board.publish(rnd.choice(TOPICS), any_event(rnd, minute))
        except Refused:
            return
    elif chance < 0.7:
        exchange.board.close()
    elif chance < 0.8:
        await seat.look()
    elif chance < 0.86:
        what = rnd.choice([{"topics": rnd.sample(TOPICS, 3)}, {"prefix": rnd.choice(["a", "", "script"])}])
        await seat.watch(rnd.choice("vw"), **what, window=rnd.choice([0, 5]))
    elif chance < 0.9:
        seat.watcher.unwatch(rnd.choice("vw"))
    elif chance < 0.95:
        seats[index] = await reconnect(exchange, seat, rnd)
    else:
        await exchange.board.committed()


async def reconnect(exchange: Exchange, seat: Seat, rnd: random.Random) -> Seat:
    """The connection is lost at some time, and the client goes on from what it had seen."""
    seen, watching = seat.viewer.seq, seat.viewer.watching
    seat.watcher.close()
    again = Seat(exchange, seat.screen)
    for id, wanted in watching.items():
        names = [w.topic for w in wanted.watches if w.topic is not None]
        what = {"topics": names} if names else {"prefix": wanted.watches[0].prefix}
        resume = {"epoch": exchange.board.epoch, "after": seen} if rnd.random() < 0.8 else {}
        await again.watch(id, **what, window=wanted.window or 0, **resume)
    return again


def compare(exchange: Exchange, seat: Seat, watch: Any, id: str) -> None:
    names = [watch.topic] if watch.topic is not None else list(exchange.board.states.under(watch.prefix))
    for name in names:
        want = exchange.board.state(name)
        have = seat.screen.states.get(name)
        assert (have.values if have else {}) == (want.values if want else {}), (name, id)
        assert (have.typed() if have else {}) == (want.typed() if want else {}), (name, id)
