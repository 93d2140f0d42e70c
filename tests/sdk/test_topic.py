from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

import pytest

from quarterdeck.core.ops import Refused
from quarterdeck.core.series import cell_of
from quarterdeck.sdk.topic import Topic

AT = 1_700_000_000_123_456


class Recorder:
    """Takes the place of the client."""

    def __init__(self) -> None:
        self.events: list[Any] = []
        self.refused: list[Any] = []

    def emit(self, topic: str, ops: list[Any]) -> None:
        self.events.append((topic, ops))

    def refuse(self, topic: str, refused: Refused) -> None:
        self.refused.append((topic, refused.code))


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def topic(recorder: Recorder) -> Any:
    return Topic("lab/temperature", lambda: recorder)


def test_every_method_is_one_event(topic: Topic, recorder: Recorder) -> None:
    topic.set(value=21.5, unit="°C")
    topic.put("sensors", {"a": {"on": True}, 7: None})
    topic.add("seen", {"a": 1}, b=2)
    topic.push("latest", 1, 2, cap=5)
    topic.push("latest", 3)
    topic.record("value", 21.5, at=AT)
    topic.drop("sensors", "a")
    topic.drop("sensors")
    topic.drop()
    topic.end()
    assert [topic for topic, _ in recorder.events] == ["lab/temperature"] * 10
    assert [ops for _, ops in recorder.events] == [
        [["set", "value", 21.5], ["set", "unit", "°C"]],
        [["put", "sensors", {"a": {"on": True}, "7": None}]],
        [["add", "seen", {"a": 1, "b": 2}]],
        [["push", "latest", [1, 2], 5]],
        [["push", "latest", [3], 10_000]],
        [["record", "value", {str(AT // 60_000_000): cell_of(21_500, AT)}, 0.001]],
        [["drop", "sensors", "a"]],
        [["drop", "sensors"]],
        [["drop"]],
        [["drop"]],
    ]


def test_values_are_plain_and_no_longer_the_users(topic: Topic, recorder: Recorder) -> None:
    mine = [1, math.nan, 2**60]
    topic.set(mine=mine)
    mine.append("later")
    assert recorder.events == [("lab/temperature", [["set", "mine", [1, None, str(2**60)]]])]


def test_caps_and_quanta_are_those_of_the_kind(recorder: Recorder) -> None:
    run, script = Topic("run/1", lambda: recorder), Topic("script/sample", lambda: recorder)
    run.push("tail", "line")
    script.record("duration", 0.25, at=datetime.fromtimestamp(AT // 1_000_000, UTC).replace(microsecond=AT % 1_000_000))
    cells = {str(AT // 60_000_000): cell_of(250_000, AT)}
    assert [ops[0][2:] for _, ops in recorder.events] == [[["line"], 200], [cells, 1e-6]]


def test_what_does_not_fit_is_counted_and_not_raised(topic: Topic, recorder: Recorder) -> None:
    topic.set(text="x" * 66_000)
    topic.record("value", math.nan)
    assert recorder.events == []
    assert recorder.refused == [("lab/temperature", "too-large"), ("lab/temperature", "out-of-range")]


def test_nothing_to_say_is_no_event(topic: Topic, recorder: Recorder) -> None:
    topic.set()
    assert recorder.events == []


def test_programming_errors_are_raised(topic: Topic) -> None:
    with pytest.raises(TypeError, match="7 cannot name a field"):
        topic.push(7, 1)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="lab/my%20room"):
        Topic("lab/my room", Recorder)  # type: ignore[arg-type,return-value]
