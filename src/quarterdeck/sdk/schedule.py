"""What a script says about when a hook runs, checked so that a mistake shows at its line."""

from __future__ import annotations

import datetime

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_DAY = datetime.timedelta(days=1)
_HOUR = datetime.timedelta(hours=1)
_ZERO = datetime.timedelta(0)
OVERLAPS = ("skip", "queue", "cancel", "allow")
PARALLEL, MOST_PARALLEL = 4, 64
MOST_RETRIES = 100


class Schedule:
    """When a hook is due and how it runs, as ``hooks.schedule`` was told; ``tz`` is the name of a zone."""

    __slots__ = (
        "aligned",
        "backoff",
        "catch_up",
        "cron",
        "jitter",
        "overlap",
        "parallel",
        "retries",
        "run_at",
        "run_every",
        "skip",
        "timeout",
        "tz",
    )

    def __init__(
        self, run_every: datetime.timedelta | None, run_at: datetime.time | None = None, aligned: bool = False
    ) -> None:
        self.run_every = run_every
        self.run_at = run_at
        self.aligned = aligned
        self.cron: str | None = None
        self.tz: str | None = None
        self.jitter: datetime.timedelta | None = None
        self.timeout: datetime.timedelta | None = None
        self.retries = 0
        self.backoff: datetime.timedelta | None = None
        self.catch_up: datetime.timedelta | None = None
        self.overlap = "skip"
        self.parallel = PARALLEL
        self.skip: list[str] = []


def check_times(run_every: Any, at: Any, aligned: Any, cron: Any, tz: Any, jitter: Any) -> Schedule:
    """The schedule that these arguments of ``hooks.schedule`` name; raises TypeError or ValueError with the mend.

    Expressions and zones are read by the hub, which has the library and the data for it.
    """
    if callable(run_every):
        raise TypeError("schedule needs brackets: write @hooks.schedule(run_every=timedelta(seconds=1))")
    if cron is None:
        every = _interval(run_every, at)
    elif run_every is not None or at is not None or aligned:
        raise ValueError(f"cron={cron!r} says all of it; leave run_every, at and aligned away")
    elif not isinstance(cron, str) or not cron.strip():
        raise TypeError(f'cron is {cron!r}; give an expression such as "0 6 * * 1-5"')
    else:
        every = None
    made = Schedule(every, at, bool(aligned))
    made.cron, made.tz = cron, _zone(tz)
    # A cron expression may stand for each second.
    made.jitter = _span("jitter", jitter, _ZERO, every or _HOUR)
    return made


def check_rules(
    made: Schedule, timeout: Any, retries: Any, backoff: Any, catch_up: Any, overlap: Any, parallel: Any, skip: Any
) -> None:
    """Put the rules for its runs into ``made``; raises TypeError or ValueError with the mend."""
    made.timeout = _span("timeout", timeout, datetime.timedelta(milliseconds=1))
    if type(retries) is not int or not 0 <= retries <= MOST_RETRIES:
        raise ValueError(f"retries is {retries!r}; give a whole number from 0 to {MOST_RETRIES}")
    made.retries = retries
    made.backoff = _span("backoff", backoff, _ZERO)
    made.catch_up = _span("catch_up", catch_up, _ZERO)
    if overlap not in OVERLAPS:
        raise ValueError(f"overlap is {overlap!r}; it can be {', '.join(OVERLAPS)}")
    made.overlap = overlap
    if parallel is not None:
        made.parallel = _parallel(parallel, overlap)
    made.skip = [skip] if isinstance(skip, str) else list(skip)
    if not all(isinstance(name, str) and name for name in made.skip):
        raise TypeError(f"skip is {skip!r}; give the name of a calendar, or several in a list")


def _parallel(parallel: Any, overlap: str) -> int:
    if overlap != "allow":
        raise ValueError(f'parallel={parallel!r} means something beside overlap="allow" alone; leave it away')
    if type(parallel) is not int or not 2 <= parallel <= MOST_PARALLEL:
        raise ValueError(f"parallel is {parallel!r}; give a whole number from 2 to {MOST_PARALLEL}")
    return parallel


def _interval(run_every: Any, at: Any) -> datetime.timedelta:
    if at is not None and not isinstance(at, datetime.time):
        raise TypeError(f"at is {at!r}; give a datetime.time such as time(hour=7, minute=30)")
    if at is not None and at.tzinfo is not None:
        raise ValueError(f"at={at} has a zone of its own; give a time without one, and its zone by tz=")
    every = _DAY if run_every is None and at is not None else run_every
    if not isinstance(every, datetime.timedelta):
        raise TypeError(f"run_every is {run_every!r}; give a timedelta such as timedelta(seconds=1)")
    if every < datetime.timedelta(milliseconds=1):
        raise ValueError(f"run_every is {every}; the shortest is timedelta(milliseconds=1)")
    if at is not None and every < _DAY:
        raise ValueError(f"at={at} is a time of day and run_every={every} is less than a day; leave one of them away")
    return every


def _zone(tz: Any) -> str | None:
    if tz is None or isinstance(tz, str):
        return tz
    name = getattr(tz, "key", None) or ("UTC" if tz is datetime.UTC else None)
    if not isinstance(name, str):
        raise TypeError(f'tz is {tz!r}; give the name of a zone such as "Europe/Berlin"')
    return name


def _span(
    name: str, span: Any, least: datetime.timedelta, most: datetime.timedelta = datetime.timedelta.max
) -> datetime.timedelta | None:
    if span is None:
        return None
    if not isinstance(span, datetime.timedelta):
        raise TypeError(f"{name} is {span!r}; give a timedelta such as timedelta(seconds=30)")
    if not least <= span <= most:
        limit = f"{least} at least" if span < least else f"up to {most} here"
        raise ValueError(f"{name} is {span}; it can be {limit}")
    return span
