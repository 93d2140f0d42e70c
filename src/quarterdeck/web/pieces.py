"""Which cells make up a span of time, and the steps that it is cut into: pure, in UTC minutes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from quarterdeck.store.contract import KEPT_DAYS, MINUTES, Piece, Steps

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import tzinfo

    from quarterdeck.store.contract import Span

DAY = MINUTES["day"]
_MINUTE = timedelta(minutes=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def pieces_of(start: int, stop: int, now: int) -> list[Piece]:
    """The minutes [start, stop) by the widest cells that fit, in no order.

    Before the time for which finer cells are kept, ``start`` and ``stop`` are where their hour or day begins.
    """
    for finer, wider in (("minute", "hour"), ("hour", "day")):
        kept, size = now - KEPT_DAYS[finer] * DAY, MINUTES[wider]  # type: ignore[index]
        start -= start % size if start < kept else 0
        stop -= stop % size if stop < kept else 0
    return list(_widest(start, stop, ("day", "hour", "minute")))


def _widest(start: int, stop: int, spans: tuple[Span, ...]) -> Iterator[Piece]:
    if start >= stop:
        return
    width = MINUTES[spans[0]]
    first, last = -(-start // width) * width, stop // width * width
    if first >= last:
        yield from _widest(start, stop, spans[1:])
        return
    yield Piece(spans[0], first, last)
    yield from _widest(start, first, spans[1:])
    yield from _widest(last, stop, spans[1:])


def span_of(step: int, start: int, now: int) -> Span:
    """The finest cells that are still kept so far back, and no finer than a step of so many minutes needs."""
    for span in ("day", "hour", "minute"):
        fits = step % MINUTES[span] == 0 or span == "minute"
        if fits and (span not in KEPT_DAYS or start >= now - KEPT_DAYS[span] * DAY):
            return span
    return "hour" if start >= now - KEPT_DAYS["hour"] * DAY else "day"


def equal_steps(start: int, stop: int, step: int, now: int) -> tuple[int, Steps]:
    """Steps of so many minutes, or of as many as the cells have that are still kept; and how many that are."""
    span = span_of(step, start, now)
    step = max(step, MINUTES[span])
    start -= start % step
    return step, Steps(list(range(start, stop, step)), [Piece(span, start, stop)])


def days(start: int, stop: int, zone: tzinfo, now: int) -> Steps:
    """The days of a zone that have some of the minutes [start, stop), the first one whole.

    What is beyond the minutes, or the hours, that are kept counts to the day in which its hour, or its UTC day, begins.
    """
    begins = list(_midnights(start, stop, zone))
    ends = [*begins[1:], stop]
    pieces = (piece for begin, end in zip(begins, ends, strict=True) for piece in pieces_of(begin, end, now))
    return Steps(begins, list(_joined(pieces)))


def _midnights(start: int, stop: int, zone: tzinfo) -> Iterator[int]:
    """The first minute of the day in which ``start`` is, and of each further day that begins before ``stop``."""
    day = (_EPOCH + start * _MINUTE).astimezone(zone).date()
    while (begin := _midnight(day.year, day.month, day.day, zone)) < stop:
        yield begin
        day += timedelta(days=1)


def _midnight(year: int, month: int, day: int, zone: tzinfo) -> int:
    """The first minute of a day, also of one on which clocks went forward at midnight."""
    return (datetime(year, month, day, tzinfo=zone) - _EPOCH) // _MINUTE


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """The same cells in fewer pieces."""
    before: Piece | None = None
    for piece in sorted(pieces):
        if before is not None and piece.span == before.span and piece.start <= before.stop:
            before = before._replace(stop=max(before.stop, piece.stop))
            continue
        if before is not None:
            yield before
        before = piece
    if before is not None:
        yield before
