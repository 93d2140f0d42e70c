"""Cells stand in minutes, hours and days, exactly, however late they come."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest
from tests.store.conftest import KINDS, cells, commit_of

from quarterdeck.core.series import MINUTE_US, add_cells, cells_of, merge_cells
from quarterdeck.store.contract import MINUTES, Piece, Span, Steps, Store
from quarterdeck.store.memory import MemoryStore
from quarterdeck.store.sqlite import SqliteStore

DAY = 1440
START = 20_000 * DAY


def all_cells(store: Store, span: Span, field: str = "s") -> dict[int, list[Any]]:
    return store.cells("a", field, span, START - 100 * DAY, START + 100 * DAY)


def merged(span: Span, *recorded: dict[str, list[Any]]) -> dict[int, list[Any]]:
    result: dict[int, list[Any]] = {}
    for batch in recorded:
        for minute, cell in batch.items():
            start = int(minute) // MINUTES[span] * MINUTES[span]
            result[start] = merge_cells(result[start], cell) if start in result else cell
    return dict(sorted(result.items()))


@pytest.mark.parametrize("span", ["minute", "hour", "day"])
def test_late_data_is_exact_at_every_span(store: Store, change: Callable[..., None], span: Span) -> None:
    first = cells((START, 5), (START + 59, -7), (START + 60, 0))
    second = cells((START, 2**60), (START + DAY, 1))
    late = cells((START + 59, 10**20), (START - 1, 3))
    for batch in (first, second, late):
        change("a", ["record", "s", batch])
    assert all_cells(store, span) == merged(span, first, second, late)
    assert list(all_cells(store, span)) == sorted(all_cells(store, span))


@pytest.mark.parametrize("span", ["minute", "hour", "day"])
def test_closed_minutes_reach_their_hours_and_days_once(store: Store, span: Span) -> None:
    def recorded(minute: int, *batches: dict[str, list[Any]]) -> None:
        commit = commit_of({"a": [["record", "s", batch] for batch in batches]})
        commit.at = minute * MINUTE_US
        store.commit(commit)

    many = cells(*((START + n, n) for n in range(150)))
    later = [cells((START, 7), (START + 149, 9)), cells((START + 150, 1))]
    recorded(START + 149, many)
    recorded(START + 200, later[0])
    for minute in range(201, 206):
        recorded(START + minute, later[1])
        assert all_cells(store, span) == merged(span, many, later[0], *later[1:] * (minute - 200))
    half = store.cells("a", "s", span, START + 60, START + 150)
    assert half == {start: cell for start, cell in all_cells(store, span).items() if START + 60 <= start < START + 150}


def test_a_range_is_half_open(store: Store, change: Callable[..., None]) -> None:
    change("a", ["record", "s", cells((START, 1), (START + 1, 1), (START + 2, 1))])
    assert list(store.cells("a", "s", "minute", START, START + 2)) == [START, START + 1]
    assert store.cells("a", "other", "minute", START, START + 2) == {}
    assert store.cells("b", "s", "minute", START, START + 2) == {}


@pytest.mark.parametrize("span", ["minute", "hour", "day"])
def test_set_replaces_all_cells(store: Store, change: Callable[..., None], span: Span) -> None:
    change("a", ["record", "s", cells((START, 1), (START + 70, 1))], ["record", "r", cells((START, 4))])
    new = cells((START + 1, 9))
    change("a", ["set", "s", new])
    assert all_cells(store, span) == merged(span, new)
    assert all_cells(store, span, "r") == merged(span, cells((START, 4)))


@pytest.mark.parametrize("span", ["minute", "hour", "day"])
@pytest.mark.parametrize("end", [["drop"], ["drop", "s"]])
def test_a_drop_takes_the_cells(store: Store, change: Callable[..., None], span: Span, end: list[str]) -> None:
    change("a", ["record", "s", cells((START, 1))])
    change("b", ["record", "s", cells((START, 1))])
    change("a", end)
    assert all_cells(store, span) == {}
    assert list(store.cells("b", "s", "minute", START, START + 1)) == [START]
    change("a", ["record", "s", cells((START + 1, 2))])
    assert all_cells(store, span) == merged(span, cells((START + 1, 2)))


def test_cells_written_and_dropped_in_one_commit(store: Store, change: Callable[..., None]) -> None:
    change("a", ["record", "s", cells((START, 1))], ["drop"], ["record", "s", cells((START + 1, 1))])
    assert list(all_cells(store, "minute")) == [START + 1]


def test_old_cells_expire_a_few_at_a_time(store: Store) -> None:
    now = START * 60_000_000
    old_minutes = cells(*((START - 8 * DAY - n, 1) for n in range(7)))
    old_hours = cells((START - 91 * DAY, 1), (START - 92 * DAY, 1))
    young = cells((START - 7 * DAY + 1, 1), (START, 1))
    store.commit(commit_of({"a": [["record", "s", {**old_minutes, **old_hours, **young}]]}))
    gone: list[int] = []
    while not gone or gone[-1]:
        gone.append(store.expire(now, limit=4))
    assert sum(gone) == 7 + 2 + 2
    assert max(gone) <= 4 * 4
    assert [len(all_cells(store, span)) for span in ("minute", "hour", "day")] == [2, 4, 6]


def test_a_series_goes_on_after_expiry(store: Store, change: Callable[..., None]) -> None:
    change("a", ["record", "s", cells((START - 8 * DAY, 1), (START, 1))])
    assert store.expire(START * 60_000_000) == 1
    change("a", ["record", "s", cells((START - 8 * DAY, 5), (START, 1))])
    assert {start: cell[0] for start, cell in all_cells(store, "minute").items()} == {START - 8 * DAY: 1, START: 2}
    assert {start: cell[0] for start, cell in all_cells(store, "day").items()} == {START - 8 * DAY: 2, START: 2}


@pytest.mark.parametrize("span", ["minute", "hour", "day"])
def test_cells_move_to_a_topic_that_begins(store: Store, change: Callable[..., None], span: Span) -> None:
    first, late = cells((START, 1), (START + 70, 2)), cells((START, 5), (START + 200, 1))
    change("a", ["record", "s", first], ["set", "x", 1])
    commit = commit_of({"b": [["record", "s", {}], ["record", "s", late]], "a": [["drop"]]})
    commit.moves = [("a", "b"), ("nothing", "c")]
    store.commit(commit)
    assert all_cells(store, span) == {}
    assert store.load("a") is None
    moved = store.cells("b", "s", span, START - DAY, START + 100 * DAY)
    assert moved == merged(span, first, late)
    change("b", ["record", "s", late])
    assert store.cells("b", "s", span, START - DAY, START + 100 * DAY) == merged(span, first, late, late)


@pytest.mark.long
def test_sums_are_those_of_all_values(store: Store) -> None:
    chance, told = random.Random(3), defaultdict(list)
    sizes = (1, 0.3, 300, -20, 1e70)
    for day in range(4):
        batch: dict[str, dict[str, list[Any]]] = {"a/x": {}, "a/y": {}}
        for _ in range(200):
            topic, minute = chance.choice(list(batch)), START + day * DAY + chance.randrange(-DAY, DAY)
            value = round(chance.lognormvariate(5, 2) * chance.choice(sizes))
            told[topic].append((minute, value))
            add_cells(batch[topic], cells_of([(minute * MINUTE_US + chance.randrange(60), value)]))
        commit = commit_of({topic: [["record", "s", many], ["record", "r", {}]] for topic, many in batch.items()})
        commit.at = (START + (day + 1) * DAY) * MINUTE_US
        store.commit(commit)
    pieces = [
        Piece("minute", START - 100, START),
        Piece("day", START, START + DAY),
        Piece("hour", START + DAY, START + 2 * DAY),
        Piece("minute", START + 2 * DAY, START + 3 * DAY + 7),
    ]
    asked = Steps([START - 100, START + 61, START + 2 * DAY + 30], pieces)
    found = store.sums(["a/x", "a/y", "a/no"], ["s", "r", "no"], asked)
    assert set(found) == {("a/x", "s"), ("a/y", "s")}
    for (topic, _), steps in found.items():
        values: dict[int, list[int]] = defaultdict(list)
        for minute, value in told[topic]:
            if START - 100 <= minute < START + 3 * DAY + 7:
                day, hour = minute - minute % DAY, minute - minute % 60
                cell = day if START <= minute < START + DAY else hour if minute // DAY == START // DAY + 1 else minute
                values[asked.of(cell)].append(value)
        assert set(steps) == set(values)
        for begin, exact in values.items():
            whole, ordered = steps[begin], sorted(exact)
            assert (whole.n, whole.total, whole.low, whole.high) == (len(exact), sum(exact), ordered[0], ordered[-1])
            for share in (0, 0.5, 0.9, 0.99, 1):
                assert whole.quantiles([share])[0] == pytest.approx(ordered[int(share * (len(exact) - 1))], rel=0.02)
            assert whole.below([float("inf")]) == [len(exact)]
    for steps in (asked, Steps([START - 100], [Piece("day", START - DAY, START + 3 * DAY), *pieces])):
        exact = store.sums(["a/x", "a/y"], ["s"], steps)
        quick = store.sums(["a/x", "a/y"], ["s"], steps, only_counts=True)
        assert counts_in(quick) == counts_in(exact)


def counts_in(sums: Any) -> dict[Any, Any]:
    """Counts, and when the first cell begins."""
    return {series: {begin: each[:2] for begin, each in steps.items()} for series, steps in sums.items()}


def test_counts_that_are_too_much_for_integers_add(store: Store, change: Callable[..., None]) -> None:
    cells_of_day = {str(START + hour * 60): [str(2**60), 0, 0, 0, [0, 0], {"0": str(2**60)}] for hour in range(24)}
    change("a", ["record", "s", cells_of_day])
    change("b", ["record", "s", cells((START, 5))])
    asked = Steps([START], [Piece("hour", START, START + DAY)])
    found = store.sums(["a", "b"], ["s"], asked, only_counts=True)
    assert (found["a", "s"][START].n, found["b", "s"][START].n) == (24 * 2**60, 1)


@pytest.mark.parametrize("seed", [1, 3])
def test_what_is_remembered_of_sums_is_as_if_read_anew(sqlite: SqliteStore, seed: int) -> None:
    chance, memory = random.Random(seed), MemoryStore(KINDS)
    today = START
    for number in range(15):
        today += DAY * (chance.random() < 0.2)
        ops: list[list[Any]] = []
        for _ in range(chance.randrange(1, 4)):
            minute = today + 5 - chance.choice((0, 1, 2, 60, DAY, 5 * DAY))
            ops.append(["record", "s", cells((minute, chance.randrange(1, 1000)))])
        ops[:0] = chance.choice(([], [], [], [["drop"]], [["set", "s", {}]]))
        commit = commit_of({chance.choice("ab"): ops})
        commit.id, commit.at = str(number), (today + chance.choice((0, 5, 60))) * MINUTE_US
        for store in (sqlite, memory):
            store.commit(commit)
        border = START - 4 * DAY + 90
        for asked in (
            Steps([0], [Piece("day", 0, today + chance.choice((0, DAY)))]),
            Steps([0], [Piece("day", START - 3 * DAY, today + DAY)]),
            Steps([border, border + DAY, border + 5 * DAY], [Piece("hour", border + 30, today + DAY)]),
            Steps([START - DAY, START], [Piece("minute", START - DAY, START + DAY)]),
        ):
            found, wanted = (store.sums(["a", "b"], ["s"], asked) for store in (sqlite, memory))
            assert plain(found) == plain(wanted)


@pytest.mark.parametrize(
    "odd",
    [
        [1, 5, 5, 5, [START * MINUTE_US, 5], {"41": 1}],
        [1, 5, 5, 5, [(START + 2 * DAY) * MINUTE_US, 5], {"41": 1}],  # later than what was recorded for later
        [2, 0, str(-(2**60)), str(2**60), [START * MINUTE_US, str(2**60)], {"-1000": 1, "1000": 1}],
        [str(2**60), 0, 0, 0, [START * MINUTE_US, 0], {"0": str(2**60)}],
        [2, 2**52, 1, 2**52 - 1, [START * MINUTE_US, 1], {"1": 1, "900": 1}],
    ],
)
def test_days_that_are_over_add_whatever_was_told(sqlite: SqliteStore, odd: list[Any]) -> None:
    memory, hours = MemoryStore(KINDS), range(START, START + DAY, 60)
    usual = cells(*((hour, hour % 7 - 3) for hour in hours), (START + 3 * DAY, 1))
    asked = Steps([START, START + DAY // 2], [Piece("hour", START, START + DAY)])
    for store in (sqlite, memory):
        for batch, topics in ((usual, "ab"), ({str(START): odd}, "a")):
            commit = commit_of({topic: [["record", "s", batch]] for topic in topics})
            commit.id, commit.at = str(len(batch)), (START + 4 * DAY) * MINUTE_US
            store.commit(commit)
    for _ in range(2):
        found, wanted = (store.sums(["a", "b"], ["s"], asked) for store in (sqlite, memory))
        assert plain(found) == plain(wanted)
        assert len(found["b", "s"]) == 2


def plain(sums: Any) -> dict[Any, Any]:
    """Sums with their counts in a list, without zeros at the ends."""
    return {
        series: {begin: (*each[:7], each.histogram.first, list(each.histogram.counts)) for begin, each in steps.items()}
        for series, steps in sums.items()
    }


def test_nothing_is_remembered_of_a_topic_that_has_ended(store: Store, change: Callable[..., None]) -> None:
    asked = Steps([0], [Piece("day", 0, START + DAY)])
    for values in ((5, 6), (7, 8)):
        change("a", ["drop"], ["record", "s", cells((START - DAY, values[0]), (START, values[1]))])
        change("a", ["record", "s", cells((START, 1), (START - DAY, 1))])
        change("a", ["drop"])
        change("a", ["record", "s", cells((START - DAY, values[0]), (START, values[1]))])
        store.expire((START + 2 * DAY) * MINUTE_US)
        assert store.sums(["a"], ["s"], asked)["a", "s"][0].total == sum(values)
