"""The commit loop: what is collected, when it is written, who is told, and what happens when it cannot be written."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

from quarterdeck.core.begin import begin
from quarterdeck.core.fold import TopicState
from quarterdeck.hub.commits import SPARE, Commits
from quarterdeck.store.contract import Commit, NamedEvent, StoreError
from quarterdeck.store.memory import MemoryStore

NEVER = 3600.0
SECOND = 1_000_000


class Clock:
    time = 7

    def now(self) -> int:
        return self.time

    def monotonic(self) -> float:
        return 0.0


class Slow(MemoryStore):
    """Holds each commit until it is let go, and fails those that it is told to fail."""

    def __init__(self) -> None:
        super().__init__()
        self.commits: list[Commit] = []
        self.failures: list[Exception] = []
        self.gate = threading.Event()
        self.gate.set()
        self.reached = threading.Event()

    def commit(self, commit: Commit) -> None:
        self.commits.append(commit)
        self.reached.set()
        assert self.gate.wait(10)
        if self.failures:
            raise self.failures.pop(0)
        super().commit(commit)


def values(store: MemoryStore, topic: str) -> dict[str, Any]:
    state = store.load(topic)
    return {} if state is None else state.values


def full() -> StoreError:
    return StoreError("full", "The disk is full.", "Free space.")


async def until(condition: Callable[[], bool]) -> None:
    """Let the loop turn until it is so."""
    for _ in range(1_000_000):
        if condition():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never came to that")


async def test_who_waits_does_not_wait_for_company() -> None:
    store = Slow()
    commits = Commits(store, Clock(), delay=NEVER)
    commits.change("a", [["add", "n", {"x": 1}]])
    commits.change("a", [["add", "n", {"x": 2}]])
    commits.change("b", [["set", "y", 1]])
    await commits.committed()
    assert values(store, "a") == {"n": {"x": 3}}
    assert values(store, "b") == {"y": 1}
    (commit,) = store.commits
    assert [change.ops for change in commit.changes] == [[["add", "n", {"x": 3}]], [["set", "y", 1]]]
    assert commit.at == 7
    await commits.close()


async def test_a_change_that_nobody_waits_for_is_written_after_the_delay() -> None:
    store = Slow()
    commits = Commits(store, Clock(), delay=0.0)
    commits.change("a", [["set", "x", 1]])
    await until(lambda: values(store, "a") == {"x": 1})
    commits.change("a", [["set", "x", 2]])
    await until(lambda: values(store, "a") == {"x": 2})
    await commits.close()


async def test_who_is_in_no_hurry_is_served_with_who_is() -> None:
    store = Slow()
    commits = Commits(store, Clock(), delay=NEVER)
    commits.change("a", [["set", "x", 1]])
    patient = commits.coming()
    for _ in range(20):
        await asyncio.sleep(0)
    assert patient is not None
    assert not store.commits
    commits.change("b", [["set", "x", 1]])
    assert commits.coming() is patient
    await commits.committed()
    assert patient.done()
    assert len(store.commits) == 1
    assert commits.coming() is None
    await commits.close()


async def test_all_that_one_commit_holds_is_written_together() -> None:
    store = Slow()
    commits = Commits(store, Clock(), delay=NEVER)
    event = NamedEvent("1", 5, "a", "a.made", "ada", None)
    commits.change("run/1", [["set", "x", 1]])
    commits.stream("s", 3, "{}")
    commits.event(event)
    commits.record("users", "ada", {"role": "admin"})
    await commits.committed()
    assert len(store.commits) == 1
    assert store.commits[0].changes[0].kind == "run"
    assert (store.stream("s"), store.events(), store.record("users", "ada")) == ((3, "{}"), [event], {"role": "admin"})
    await commits.close()


async def test_what_begins_is_written_as_it_began_and_with_what_came_behind_it() -> None:
    store = Slow()
    commits = Commits(store, Clock(), delay=0)
    begins, state = begin([["set", "x", 1], ["push", "l", [1], 5]]), TopicState()
    assert begins is not None
    begins.fold(state)
    commits.change("c", [["set", "old", 1]])
    commits.change("c", [["drop"]])
    for topic in "abc":
        commits.begin(topic, begins)
    state.values["l"].append(9)  # whoever goes on with it is not in this commit
    commits.change("b", [["push", "l", [2], 5]])
    assert commits.waiting("a") == [["push", "l", [1], 5], ["set", "x", 1]]
    await commits.committed()
    begun = {"x": 1, "l": [1]}
    assert [values(store, topic) for topic in "abc"] == [begun, {"x": 1, "l": [1, 2]}, begun]
    assert [change.ops for change in store.commits[0].changes if change.topic == "a"] == [[]]
    await commits.close()


async def test_nothing_to_write_is_durable_already() -> None:
    store = Slow()
    commits = Commits(store, Clock())
    await commits.committed()
    commits.change("query/1", [["set", "x", 1]])
    await commits.committed()
    assert not commits.is_uncommitted("query/1")
    await commits.close()
    assert store.commits == []


async def test_the_next_commit_collects_while_one_is_written() -> None:
    store = Slow()
    commits = Commits(store, Clock(), delay=NEVER)
    store.gate.clear()
    commits.change("a", [["set", "x", 1]])
    first = asyncio.ensure_future(commits.committed())
    await until(store.reached.is_set)
    assert commits.is_uncommitted("a")
    commits.change("b", [["set", "x", 1]])
    commits.change("b", [["set", "x", 2]])
    second = asyncio.ensure_future(commits.committed())
    await asyncio.sleep(0)
    assert commits.is_uncommitted("a")
    assert commits.is_uncommitted("b")
    assert not first.done()
    store.gate.set()
    await asyncio.gather(first, second)
    assert [[change.topic for change in commit.changes] for commit in store.commits] == [["a"], ["b"]]
    assert not commits.is_uncommitted("a")
    assert not commits.is_uncommitted("b")
    await commits.close()


async def test_who_comes_while_all_is_being_written_waits_for_that() -> None:
    store = Slow()
    commits = Commits(store, Clock(), delay=0.0)
    store.gate.clear()
    commits.change("a", [["set", "x", 1]])
    await until(store.reached.is_set)
    waiting = asyncio.ensure_future(commits.committed())
    await asyncio.sleep(0)
    assert not waiting.done()
    store.gate.set()
    await waiting
    assert len(store.commits) == 1
    await commits.close()


async def test_a_waiter_that_goes_away_harms_nobody() -> None:
    store = Slow()
    commits = Commits(store, Clock(), delay=NEVER)
    store.gate.clear()
    commits.change("a", [["set", "x", 1]])
    gone, stays = asyncio.ensure_future(commits.committed()), asyncio.ensure_future(commits.committed())
    await until(store.reached.is_set)
    gone.cancel()
    store.gate.set()
    await stays
    assert gone.cancelled()
    await commits.close()


async def test_a_commit_that_fails_is_tried_again_before_all_others() -> None:
    store = Slow()
    told: list[str | None] = []
    health = lambda failure: told.append(failure and failure.code)  # noqa: E731
    commits = Commits(store, Clock(), delay=NEVER, pauses=(0.0,), on_health=health)
    store.failures = [full(), full(), full()]
    commits.change("a", [["add", "n", {"x": 1}]])
    first = asyncio.ensure_future(commits.committed())
    await until(lambda: commits.failure is not None)
    assert not first.done()
    commits.change("a", [["add", "n", {"x": 1}]])
    await commits.committed()
    assert first.done()
    assert values(store, "a") == {"n": {"x": 2}}
    assert len({commit.id for commit in store.commits}) == 2
    assert told == ["full", None]
    assert commits.failure is None
    await commits.close()


async def test_what_can_never_be_stored_stops_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    class Picky(Slow):
        def commit(self, commit: Commit) -> None:
            if any(change.topic == "bad" for change in commit.changes) or "bad" in commit.records.values():
                raise ValueError("odd")
            super().commit(commit)

    store = Picky()
    store.failures = [full()]
    commits = Commits(store, Clock(), delay=NEVER, pauses=(0.0,))
    for topic in ("a", "bad", "b", "c"):
        commits.change(topic, [["add", "n", {"x": 1}]])
    commits.stream("s", 1, "{}")
    commits.event(NamedEvent("1", 5, "a", "a.made", None, None))
    commits.record("users", "ada", 1)
    commits.record("users", "eve", "bad")
    await commits.committed()
    assert [values(store, topic) for topic in ("a", "bad", "b", "c")] == [
        {"n": {"x": 1}},
        {},
        {"n": {"x": 1}},
        {"n": {"x": 1}},
    ]
    assert (store.stream("s"), len(store.events()), store.records("users")) == ((1, "{}"), 1, {"ada": 1})
    assert sum("left out" in line for line in caplog.messages) == 2
    assert commits.failure is None
    await commits.close()


async def test_closing_writes_what_is_left() -> None:
    store = Slow()
    commits = Commits(store, Clock(), delay=NEVER)
    commits.change("a", [["set", "x", 1]])
    await commits.close()
    assert values(store, "a") == {"x": 1}


async def test_closing_on_a_full_disk_says_so_and_writes_nothing_out_of_turn() -> None:
    store = Slow()
    commits = Commits(store, Clock(), delay=NEVER, pauses=(NEVER,))
    store.failures = [full(), full()]
    commits.change("a", [["set", "x", 1]])
    first = asyncio.ensure_future(commits.committed())
    await until(lambda: commits.failure is not None)
    commits.change("b", [["set", "x", 1]])
    second = asyncio.ensure_future(commits.committed())
    await asyncio.sleep(0)
    with pytest.raises(StoreError, match="full"):
        await commits.close()
    for waiting in (first, second):
        with pytest.raises(StoreError, match="full"):
            await waiting
    assert store.load("a") is None
    assert store.load("b") is None


async def test_other_work_of_the_writer_runs_between_commits() -> None:
    store = Slow()
    commits = Commits(store, Clock(), delay=NEVER)
    assert await commits.run(lambda: store.expire(0)) == 0
    commits.change("a", [["set", "x", 1]])
    await commits.committed()
    assert await commits.run(lambda: values(store, "a")) == {"x": 1}
    await commits.close()


async def test_what_is_too_old_goes_a_little_at_a_time() -> None:
    class Ageing(Slow):
        asked: list[int]
        left = 2

        def expire(self, now: int, limit: int = 500) -> int:
            self.asked.append(now // SECOND)
            self.left -= 1
            if self.left < -1:
                raise full()
            return max(self.left, 0)

    store, clock = Ageing(), Clock()
    store.asked = []
    commits = Commits(store, clock, delay=NEVER)
    for second in (1, 59, 61, 61, 62, 63, 600, 661, 662, 1262, 1300, 1900):
        clock.time = second * SECOND
        commits.change("a", [["set", "x", second]])
        await commits.committed()
        await commits.run(lambda: None)
    await commits.close()
    assert store.asked == [61, 62, 662, 1262, 1900]
    assert values(store, "a") == {"x": 1900}


async def test_under_lasting_load_commits_keep_a_gap() -> None:
    store = Slow()
    commits = Commits(store, Clock(), delay=NEVER, gap=NEVER)
    for number in range(SPARE):
        commits.change("a", [["set", "x", number]])
        await commits.committed()
    commits.change("a", [["set", "x", "late"]])
    waiting = asyncio.ensure_future(commits.committed())
    for _ in range(1000):
        await asyncio.sleep(0)
    assert not waiting.done()
    await commits.close()
    await waiting
    assert values(store, "a") == {"x": "late"}


async def test_commits_are_measured() -> None:
    measured: list[tuple[float, int]] = []
    commits = Commits(Slow(), Clock(), delay=NEVER, on_commit=lambda *found: measured.append(found))
    commits.change("a", [["set", "x", 1]])
    await commits.committed()
    await commits.close()
    assert measured == [(0.0, 1)]


async def test_the_impatient_hear_of_a_failure_at_once_and_what_they_handed_over_is_kept() -> None:
    store = Slow()
    store.failures = [full(), full(), full()]
    told: list[StoreError | None] = []
    commits = Commits(store, Clock(), delay=NEVER, pauses=(0.0,), on_health=told.append)
    commits.change("lab/a", [["set", "x", 1]])
    patient = asyncio.create_task(commits.committed())
    with pytest.raises(StoreError, match="The disk is full"):
        await commits.committed(patient=False)
    await patient
    assert values(store, "lab/a") == {"x": 1}
    await commits.committed(patient=False)
    assert [failure and failure.code for failure in told] == ["full", None]
    await commits.close()


async def test_while_nothing_can_be_written_the_impatient_do_not_wait_for_the_next_attempt() -> None:
    store = Slow()
    store.failures = [full()]
    commits = Commits(store, Clock(), delay=NEVER, pauses=(NEVER,))
    commits.change("lab/a", [["set", "x", 1]])
    for _ in range(3):
        with pytest.raises(StoreError):
            await commits.committed(patient=False)
    await commits.close()
    assert values(store, "lab/a") == {"x": 1}, "closing tries once more"
