"""What an answer says of a cell: count, sum, extremes, the last value, and percentiles, in the series' own unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quarterdeck.core.ops import SERIES, Refused
from quarterdeck.web import asked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from starlette.requests import Request

    from quarterdeck.core.fold import TopicState
    from quarterdeck.core.sums import Sum

    Quanta = dict[tuple[str, str], float]
    Scale = Callable[[float], float]

MINUTE = 60_000_000
_PERCENTILES = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99}
ALL = ("count", "sum", "min", "max", "last", "last_at", *_PERCENTILES)
_KNOWN = (*ALL, "buckets")
"""Of buckets there are many: who wants them names them."""


def wanted(request: Request) -> tuple[str, ...]:
    """The figures that ``figures=count,p50`` asks for (default: all); raises Refused."""
    names = asked.names(request, "figures")
    if names is None:
        return ALL
    unknown = [name for name in names if name not in _KNOWN]
    if unknown or not names:
        raise Refused(
            "malformed", f"figures={','.join(names)[:80]} cannot be answered", f"name some of {', '.join(_KNOWN)}"
        )
    return tuple(names)


def quantum_of(state: TopicState, field: str) -> float | None:
    """The quantum of a series; None if the field is none."""
    known = state.types.get(field)
    return None if known is None or known[0] != SERIES else known[1]


def quanta(states: Mapping[str, TopicState], fields: Iterable[str]) -> Quanta:
    """The quantum of each of these fields that is a series, by topic and field."""
    found = ((topic, field, quantum_of(state, field)) for field in fields for topic, state in states.items())
    return {(topic, field): quantum for topic, field, quantum in found if quantum is not None}


def summary(whole: Sum, quantum: float, names: Sequence[str] = ALL) -> dict[str, Any]:
    """These figures of a sum; ``last_at`` is when its last value was (microseconds)."""
    shares = [_PERCENTILES[name] for name in names if name in _PERCENTILES]
    percentiles = iter(whole.quantiles(shares))
    scale = _scale(quantum)
    row: dict[str, Any] = {}
    for name in names:
        row[name] = scale(next(percentiles)) if name in _PERCENTILES else _plain(name, whole, scale)
    if "buckets" in names:
        first, counts = whole.histogram
        row["buckets"] = {bucket: count for bucket, count in enumerate(counts, first) if count}
    return row


def _scale(quantum: float) -> Scale:
    """What makes a value of its whole numbers: as few digits as it has, so 161 of a millionth are 0.000161."""
    parts = round(1 / quantum) or 1
    return (lambda number: number / parts) if 1 / parts == quantum else (lambda number: number * quantum)


def _plain(name: str, whole: Sum, scale: Scale) -> float:
    match name:
        case "count":
            return whole.n
        case "sum":
            return scale(whole.total)
        case "min":
            return scale(whole.low)
        case "max":
            return scale(whole.high)
        case "last":
            return scale(whole.last)
    return whole.at


def are_counts(names: Sequence[str]) -> bool:
    """Whether nothing but the count is wanted."""
    return set(names) == {"count"}
