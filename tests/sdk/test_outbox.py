from __future__ import annotations

from typing import Any

import pytest

from quarterdeck.core.fold import TopicState, fold
from quarterdeck.core.ops import Refused
from quarterdeck.sdk.outbox import Outbox

EVERYTHING = 1 << 30


def ops_of(outbox: Outbox, limit: int = EVERYTHING) -> dict[str, list[Any]]:
    batch = outbox.freeze(limit)
    assert batch is not None
    outbox.acknowledged(batch.number)
    return {frame["topic"]: frame["ops"] for frame in batch.frames}


def test_a_million_updates_are_one_set() -> None:
    outbox = Outbox("s")
    for value in range(10_000):
        outbox.emit("job/1", [["set", "value", value]])
    assert ops_of(outbox) == {"job/1": [["set", "value", 9999]]}
    assert not outbox


def test_a_frozen_batch_stays_as_it_is_and_merging_goes_on_behind_it() -> None:
    outbox = Outbox("s")
    outbox.emit("a", [["add", "n", {"k": 1}]])
    first = outbox.freeze(EVERYTHING)
    assert first is not None
    outbox.emit("a", [["add", "n", {"k": 10}]])
    outbox.emit("a", [["add", "n", {"k": 100}]])
    assert outbox.freeze(EVERYTHING) is None, "one batch at a time"
    assert first.number == 1
    assert first.frames == [{"t": "patch", "topic": "a", "ops": [["add", "n", {"k": 1}]], "batch": 1}]
    outbox.acknowledged(1)
    second = outbox.freeze(EVERYTHING)
    assert second is not None
    assert second.number == 2
    assert second.frames[0]["ops"] == [["add", "n", {"k": 110}]]


def test_an_acknowledgement_of_a_later_batch_covers_those_before() -> None:
    outbox = Outbox("s", window=3)
    for topic in "abc":
        outbox.emit(topic, [["set", "x", 1]])
        outbox.freeze(EVERYTHING)
    outbox.acknowledged(2)
    assert [batch.number for batch in outbox.frozen] == [3]
    outbox.acknowledged(1)
    assert [batch.number for batch in outbox.frozen] == [3]


def test_named_events_never_merge_away_and_end_what_came_before() -> None:
    outbox = Outbox("s")
    outbox.emit("run/1", [["set", "state", "running"]])
    outbox.emit("run/1", [["set", "state", "done"]], "run.done", 5)
    outbox.emit("run/1", [["set", "state", "seen"]])
    outbox.emit("run/1", [["set", "state", "shown"]])
    batch = outbox.freeze(EVERYTHING)
    assert batch is not None
    assert [(frame["ops"][0][2], frame.get("name"), frame.get("at")) for frame in batch.frames] == [
        ("done", "run.done", 5),
        ("shown", None, None),
    ]


def test_too_many_named_events_keep_their_effect_and_are_counted() -> None:
    outbox = Outbox("s", named_limit=2)
    for number in range(5):
        outbox.emit("a", [["add", "n", {"k": 1}]], "counted", number)
    batch = outbox.freeze(EVERYTHING)
    assert batch is not None
    state = TopicState()
    for frame in batch.frames:
        fold(state, frame["ops"])
    assert state.values == {"n": {"k": 5}}
    assert sum("name" in frame for frame in batch.frames) == 2
    assert outbox.dropped == batch.dropped == batch.frames[0]["dropped"] == 3


def test_what_contradicts_the_known_types_is_refused_whole_before_it_merges() -> None:
    outbox = Outbox("s")
    outbox.emit("a", [["push", "points", [1], 5]])
    with pytest.raises(Refused, match="points"):
        outbox.emit("a", [["set", "fine", 1], ["add", "points", {"k": 1}]])
    assert ops_of(outbox) == {"a": [["push", "points", [1], 5]]}
    with pytest.raises(Refused):
        outbox.emit("a", [["put", "points", {}]])
    outbox.emit("a", [["drop"], ["put", "points", {"k": 1}]])
    with pytest.raises(Refused):
        outbox.emit("a", [["push", "points", [1], 5]])


def test_a_refusal_by_the_hub_makes_us_forget_the_types_we_thought_of() -> None:
    outbox = Outbox("s")
    outbox.emit("a", [["push", "x", [1], 5]])
    outbox.freeze(EVERYTHING)
    outbox.acknowledged(1, [{"topic": "a", "code": "type-mismatch", "message": "x is a map", "hint": ""}])
    outbox.emit("a", [["put", "x", {"k": 1}]])
    assert ops_of(outbox) == {"a": [["put", "x", {"k": 1}]]}


def test_beyond_the_limit_events_are_dropped_counted_and_reported() -> None:
    outbox = Outbox("s", limit=200)
    assert outbox.emit("a", [["set", "text", "x" * 300]])
    assert outbox.full
    assert not outbox.emit("b", [["set", "text", "y"]])
    assert not outbox.emit("c", [["set", "text", "y"]])
    assert outbox.dropped == 2
    batch = outbox.freeze(EVERYTHING)
    assert batch is not None
    assert [frame["topic"] for frame in batch.frames] == ["a"]
    assert batch.frames[0]["dropped"] == 2
    assert not outbox.full
    outbox.acknowledged(1)
    outbox.emit("b", [["set", "text", "y"]])
    following = outbox.freeze(EVERYTHING)
    assert following is not None
    assert "dropped" not in following.frames[0]


def test_a_batch_is_cut_between_topics_and_the_longest_waiting_goes_first() -> None:
    outbox = Outbox("s", window=9)
    for topic in "abcd":
        outbox.emit(topic, [["set", "text", "x" * 100]])
    cut = [[frame["topic"] for frame in batch.frames] for batch in iter(lambda: outbox.freeze(150), None)]
    assert cut == [["a", "b"], ["c", "d"]]


def test_what_belongs_together_is_never_cut() -> None:
    outbox = Outbox("s", window=9)
    outbox.emit("a", [["set", "text", "x" * 100]])
    outbox.emit_all([("b", [["set", "text", "x" * 100]], None, None), ("d", [["set", "state", "done"]], "run.done", 1)])
    outbox.emit("c", [["set", "text", "x" * 100]])
    first = outbox.freeze(150)
    assert first is not None
    assert [frame["topic"] for frame in first.frames] == ["a", "b", "d"]


def test_one_refusal_does_not_stop_the_events_beside_it() -> None:
    outbox = Outbox("s")
    outbox.emit("a", [["push", "x", [], 5]])
    with pytest.raises(Refused):
        outbox.emit_all([("a", [["add", "x", {}]], None, None), ("b", [["set", "y", 1]], None, None)])
    assert ops_of(outbox) == {"a": [["push", "x", [], 5]], "b": [["set", "y", 1]]}


def test_a_new_stream_renumbers_what_is_frozen() -> None:
    outbox = Outbox("s", window=3)
    for topic in "abc":
        outbox.emit(topic, [["set", "x", 1]])
        outbox.freeze(EVERYTHING)
    outbox.acknowledged(1)
    outbox.restart("t")
    assert outbox.stream == "t"
    assert [(batch.number, batch.frames[0]["batch"]) for batch in outbox.frozen] == [(1, 1), (2, 2)]
    outbox.emit("d", [["set", "x", 1]])
    following = outbox.freeze(EVERYTHING)
    assert following is not None
    assert following.number == 3


def test_a_batch_that_was_never_sent_can_be_withdrawn_and_its_number_is_used_again() -> None:
    outbox = Outbox("s")
    outbox.emit("a", [["set", "x", 1]])
    batch = outbox.freeze(EVERYTHING)
    assert batch is not None
    outbox.withdraw(batch)
    assert outbox.dropped == 1
    outbox.emit("b", [["set", "x", 1]])
    following = outbox.freeze(EVERYTHING)
    assert following is not None
    assert following.number == 1
    assert following.dropped == 1


def test_a_forked_child_begins_with_nothing() -> None:
    outbox = Outbox("s")
    outbox.emit("a", [["set", "x", 1]])
    outbox.freeze(EVERYTHING)
    outbox.emit("a", [["set", "x", 2]])
    outbox.reset("t")
    assert not outbox
    assert outbox.size == 0
    outbox.emit("b", [["set", "x", 3]])
    batch = outbox.freeze(EVERYTHING)
    assert batch is not None
    assert (outbox.stream, batch.number, len(batch.frames)) == ("t", 1, 1)


def test_types_are_known_of_so_many_topics_only() -> None:
    outbox = Outbox("s")
    for number in range(10_050):
        outbox.emit(f"run/{number}", [["push", "tail", [], 5]])
        if number % 100 == 0:
            ops_of(outbox)
    assert len(outbox._types) == 10_000


def test_what_is_frozen_no_longer_counts_as_waiting() -> None:
    outbox = Outbox("s", window=9)
    for number in range(6):
        outbox.emit(f"t/{number}", [["set", "x", "y" * 100 * number]], "x.set" if number % 2 else None, 1)
    sizes = [outbox.size]
    while outbox.freeze(300):
        sizes.append(outbox.size)
    assert sizes == sorted(sizes, reverse=True)
    assert (sizes[-1], outbox._named, len(sizes)) == (0, 0, 5)
