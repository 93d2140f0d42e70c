"""What becomes of values at the producer's border, and what the hub's border refuses."""

from __future__ import annotations

import datetime as dt
import enum
import json
import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.core.frames import MAX_DEPTH, MAX_VALUE
from quarterdeck.core.ops import Refused
from quarterdeck.core.plain import CYCLE, TOO_DEEP, check_plain, check_values, plain


class Colour(enum.StrEnum):
    RED = "red"


class Level(enum.IntEnum):
    HIGH = 3


class Broken:
    def __str__(self) -> str:
        raise RuntimeError("no text")


class Scalar:
    """As numpy's scalars look from outside."""

    dtype = float

    def __init__(self, found: Any) -> None:
        self.found = found

    def tolist(self) -> Any:
        if self.found is None:
            raise RuntimeError("on another device")
        return self.found

    def __str__(self) -> str:
        return "a scalar"


@pytest.mark.parametrize(
    ("value", "want"),
    [
        (None, None),
        (True, True),
        (5, 5),
        (2**53, 2**53),
        (-(2**53), -(2**53)),
        (2**53 + 1, "9007199254740993"),
        (1.5, 1.5),
        (math.nan, None),
        (math.inf, None),
        (-math.inf, None),
        ("text", "text"),
        ("ü\U0001f6a2", "ü\U0001f6a2"),
        ("a\ud83d", "a\ufffd"),
        ("\udc00b", "\ufffdb"),
        ("\ud83d\ude00", "\U0001f600"),
        ((1, [2, {3}]), [1, [2, [3]]]),
        ({3, 1, 2}, [1, 2, 3]),
        (frozenset({1}), [1]),
        (range(3), [0, 1, 2]),
        ({1: 2, None: 3, "ä\ud800": math.nan, (1, 2): 4}, {"1": 2, "None": 3, "ä\ufffd": None, "[1, 2]": 4}),
        (Colour.RED, "red"),
        (Level.HIGH, 3),
        (Decimal("1.10"), "1.10"),
        (b"bytes\xff", "bytes\ufffd"),
        (dt.date(2026, 11, 21), "2026-11-21"),
        (dt.time(9, 5), "09:05:00"),
        (dt.timedelta(seconds=90), "0:01:30"),
        (dt.datetime(2026, 11, 21, 9, 5, tzinfo=dt.UTC), "2026-11-21T09:05:00+00:00"),
        (Broken(), "<Broken>"),
        ([Broken()], ["<Broken>"]),
        (Scalar(2.5), 2.5),
        (Scalar([1.0, math.nan]), [1.0, None]),
        ([Scalar([[1]])], [[[1]]]),
        (Scalar(None), "a scalar"),
    ],
)
def test_values_become_plain(value: Any, want: Any) -> None:
    found = plain(value)
    assert found == want
    assert type(found) is type(want)
    check_plain(found)


def test_an_integer_that_python_will_not_write_is_a_text() -> None:
    assert plain(10**5000) == "<int>"
    with pytest.raises(Refused, match="<int>"):
        check_plain(10**5000)


def test_a_naive_datetime_is_local_time_with_its_offset() -> None:
    naive = dt.datetime(2026, 7, 1, 12, 0)  # noqa: DTZ001 - what users write
    assert plain(naive) == naive.astimezone().isoformat()
    assert dt.datetime.fromisoformat(plain(naive)).tzinfo is not None
    early = dt.datetime(1, 1, 1)  # noqa: DTZ001 - out of reach for the system's own clock
    assert plain(early).startswith("0001-01-01T00:00:00")


class Times:
    """As numpy's arrays of times look: in nanoseconds they convert to bare integers."""

    class dtype:
        kind = "M"

    def __init__(self, unit: str = "datetime64[ns]") -> None:
        self.unit = unit

    def astype(self, unit: str) -> Times:
        return Times(unit)

    def tolist(self) -> Any:
        return (
            [dt.datetime(2026, 7, 1, tzinfo=dt.UTC)] if self.unit == "datetime64[us]" else [1_782_864_000_000_000_000]
        )


def test_times_of_numpy_stay_times() -> None:
    assert plain(Times()) == ["2026-07-01T00:00:00+00:00"]


def test_what_holds_itself_or_is_too_deep_is_cut_off() -> None:
    circle: list[Any] = [1]
    circle += [circle, {"again": circle}]
    assert plain(circle) == [1, CYCLE, {"again": CYCLE}]
    deep: Any = "bottom"
    for _ in range(40):
        deep = [deep]
    text = json.dumps(plain(deep))
    assert TOO_DEEP in text
    assert text.count("[") == MAX_DEPTH
    check_plain(plain(deep))
    shared = [1]
    assert plain([shared, shared]) == [[1], [1]]


def test_what_is_given_is_not_shared() -> None:
    rows = [[1]]
    found = plain(rows)
    rows[0].append(2)
    assert found == [[1]]


anything = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(st.characters()), st.binary(), st.datetimes(),
        st.timedeltas(), st.decimals(), st.complex_numbers(), st.sets(st.integers()),
    ),
    lambda inner: st.lists(inner) | st.dictionaries(st.integers() | st.text(st.characters()), inner) | st.tuples(inner),
    max_leaves=20,
)  # fmt: skip


@pytest.mark.long
@given(anything)
def test_whatever_comes_is_plain_and_stays_so(value: Any) -> None:
    found = plain(value)
    check_plain(found)
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert plain(found) == found


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (2**53 + 1, "out-of-range"),
        ([-(2**53) - 1], "out-of-range"),
        (math.nan, "out-of-range"),
        ({"a": math.inf}, "out-of-range"),
        ((1,), "malformed"),
        ({1: 2}, "malformed"),
        ({"\ud800": 2}, "malformed"),
        (["\ud800"], "malformed"),
        (b"", "malformed"),
        ("x" * MAX_VALUE, "too-large"),
        (["ü" * 1000] * 33, "too-large"),
        ([0] * (MAX_VALUE // 2 + 1), "too-large"),
    ],
)
def test_the_hub_refuses_what_is_not_plain(value: Any, code: str) -> None:
    with pytest.raises(Refused) as refused:
        check_plain(value, "field")
    assert refused.value.code == code
    assert refused.value.hint


def test_the_limits_are_exact() -> None:
    check_plain("x" * (MAX_VALUE - 2))
    with pytest.raises(Refused, match="65537 bytes"):
        check_plain("x" * (MAX_VALUE - 1))
    deep: Any = 1
    for _ in range(MAX_DEPTH):
        deep = [deep]
    check_plain(deep)
    with pytest.raises(Refused, match="deeper"):
        check_plain({"a": deep})


def test_every_value_of_an_event_is_looked_at() -> None:
    check_values(
        [["set", "a", 1], ["put", "m", {"k": [1]}], ["push", "l", [1, "x"], 3], ["add", "c", {"x": 1}], ["drop"]]
    )
    for op in (
        ["set", "a", 2**60],
        ["put", "m", {"k": [2**60]}],
        ["push", "l", [1, 2**60], 3],
        ["put", "m", {"\ud800": 1}],
    ):
        with pytest.raises(Refused, match=f"'{op[1]}'"):
            check_values([["set", "fine", 1], op])
