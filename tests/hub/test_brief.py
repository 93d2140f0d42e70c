"""What is read and checked in one look is what would have been accepted as any other patch, with the same effect."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.core.admit import admit
from quarterdeck.core.begin import FEW
from quarterdeck.core.fold import TopicState, apply
from quarterdeck.core.frames import check_frame
from quarterdeck.core.ops import DEFAULT_CAP, MAX_FIELD, TWO_53, sets
from quarterdeck.core.short import ops_of, shorten
from quarterdeck.hub.brief import LONG, read
from quarterdeck.hub.commits import Commits
from quarterdeck.hub.exchange import Exchange
from quarterdeck.hub.peers import ADMIN, producer, worker
from quarterdeck.kinds import all_kinds, kind_of
from quarterdeck.kinds.kind import Kind
from quarterdeck.sdk.lines import encode_line
from quarterdeck.store.memory import MemoryStore

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from tests.hub.conftest import Timers

    from conftest import StillClock
    from quarterdeck.hub.peers import Rights

FIELDS = {"state": "done", "ended": 1_795_255_416_123_456, "ratio": 0.5, "error": None}
LOG = ["push", "tail", [[1, "O", "tick"]], 200]

simple = st.none() | st.booleans() | st.integers(-(10**17), 10**17) | st.floats(allow_nan=False) | st.text(max_size=5)
anything = st.recursive(simple, lambda each: st.lists(each, max_size=3) | st.dictionaries(st.text(), each, max_size=3))
fields = st.dictionaries(st.sampled_from("abcdefgh") | st.text(max_size=3), anything, min_size=1, max_size=8)
pushes = st.lists(st.tuples(st.sampled_from("hijkl"), st.lists(anything, max_size=4), st.integers(-1, 5)), max_size=3)


def frame(**changed: Any) -> dict[str, Any]:
    return {"t": "patch", "topic": "lab", "set": FIELDS, "ops": [LOG], "batch": 1, **changed}


def line(**changed: Any) -> bytes:
    return encode_line(frame(**changed))


@settings(max_examples=50)
@given(fields, pushes)
def test_what_is_read_so_is_accepted_and_means_the_same(scalars: dict[str, Any], lists: list[Any]) -> None:
    sent = frame(set=scalars, ops=[["push", *push] for push in lists])
    text = json.dumps(sent, separators=(",", ":")).encode()
    brief = read(text)
    if brief is None:
        return
    assert check_frame(sent) == "patch"
    begun = brief.begun(None, {"own": 1})
    if begun is None:
        return
    state, quick = TopicState(), TopicState()
    ops = [["set", "own", 1], *ops_of(sent)]
    admit(state, ops)  # raises Refused if it is not as it should be
    apply(state, ops)
    begun.fold(quick)
    assert quick == state
    assert begun.size >= len(json.dumps(state.values, separators=(",", ":")).encode()) - len('"own":1,')
    assert check_frame(brief.frame()) == "patch"


def test_the_usual_end_of_a_run_is_read_so() -> None:
    brief = read(line(topic="run/a", name="run.done", at=5))
    assert brief is not None
    begun = brief.begun(kind_of("run/a"), {"script": "s"})
    assert begun is not None
    assert begun.scalars == {"script": "s", **FIELDS}
    assert begun.lists == {"tail": (200, [[1, "O", "tick"]])}
    assert [*begun] == [["push", "tail", [[1, "O", "tick"]], 200], ["set", "script", "s"], *sets(**FIELDS)]
    assert len(begun) == 6


def test_a_list_without_a_cap_has_the_usual_one() -> None:
    assert Kind("boat", "boat/*", {"log": ("list",), "buoys": ("list", 5)}).lists() == {
        "log": (DEFAULT_CAP, []),
        "buoys": (5, []),
    }
    assert Kind("boat", "boat/*", {"log": ("list", 5), "crew": ("map",)}).lists() is None


@pytest.mark.parametrize(
    "sent",
    [
        line(set={}),
        line(set={"x": TWO_53 + 1}),
        line(set={"x": [1] * (FEW + 1)}),
        line(set={"x": [[1]]}),
        line(set={"x": {"sha256": "00"}}),
        line(set={"f" * (MAX_FIELD + 1): 1}),
        line(set={"x": "t" * LONG}),
        line(ops=[["set", "x", 1]]),
        line(ops=[["push", "x", [1]]]),
        line(ops=[["push", "x", [1], -1]]),
        line(ops=[["push", "x", [1], 5, 6]]),
        line(ops=[["drop"]]),
        line(name="n" * 600),
        line(batch="1"),
        line(data={"x": 1}),
        line(dropped=3),
        line(t="call"),
        line()[:-1],
        line().replace(b"done", b"\xff"),
        encode_line(shorten({"t": "patch", "topic": "lab", "ops": [["set", "a", 1]], "batch": 1})),
    ],
)
def test_all_else_is_read_as_ever(sent: bytes) -> None:
    assert read(sent) is None


@pytest.mark.parametrize(
    ("topic", "changed"),
    [
        ("run/a", {"ops": [["push", "tail", [], 7]]}),  # the kind has another cap
        ("run/a", {"set": {"tail": 1}}),
        ("lab", {"ops": [LOG, LOG]}),
        ("lab", {"ops": [["push", "state", [1], 5]]}),
        ("lab", {"ops": [["push", "few", [1, 2], 1]]}),
        ("script/a", {}),  # it has fields of its own that are no lists
    ],
)
def test_what_is_not_that_simple_is_left_to_all_operations(topic: str, changed: dict[str, Any]) -> None:
    brief = read(line(topic=topic, **changed))
    assert brief is not None
    assert brief.begun(kind_of(topic), {}) is None


@pytest_asyncio.fixture
async def other(clock: StillClock, timers: Timers) -> AsyncIterator[Exchange]:
    """Another hub, which is told the same in the long way."""
    store = MemoryStore(all_kinds())
    commits = Commits(store, clock, delay=0.0)
    yield Exchange(store, commits, clock, "another deck", timers=timers)
    await commits.close()


def given_to(hub: Exchange) -> Rights:
    """A worker of s that was given every run which is not there."""
    return worker("s", lambda topic: {"script": "s"} if hub.board.state(topic) is None else None)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("topic", "changed", "rights"),
    [
        ("lab", {}, lambda _: ADMIN),
        ("run/a", {}, lambda _: producer("p")),
        ("run/a", {}, given_to),
        ("run/a", {}, lambda _: worker("s")),
        ("run/a", {"set": {"script": "other"}}, given_to),
        ("run/a", {"set": {"producer": "other"}}, lambda _: producer("p")),
        ("hub", {}, lambda _: producer("p")),
        ("bad topic", {}, lambda _: ADMIN),
        ("job/a", {"name": "job.started"}, lambda _: producer("p")),
        ("lab", {"ops": [["push", "state", [1], 5]]}, lambda _: ADMIN),
    ],
)
async def test_the_hub_answers_alike(
    exchange: Exchange, other: Exchange, topic: str, changed: dict[str, Any], rights: Callable[[Exchange], Rights]
) -> None:
    quickly, slowly = rights(exchange), rights(other)
    for number in (1, 2):  # the second finds the topic there
        text = line(topic=topic, batch=number, **changed)
        brief = read(text)
        assert brief is not None
        quick = exchange.streams.accept("s", number, [brief], quickly, "p")
        assert quick == other.streams.accept("s", number, [json.loads(text)], slowly, "p")
        await exchange.board.committed()
        await other.board.committed()
        assert exchange.board.state(topic) == other.board.state(topic)
        assert exchange.store.load(topic) == other.store.load(topic)
