"""What a script says about when a hook runs, checked so that a mistake shows at its line."""

from __future__ import annotations

import datetime

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_DAY = datetime.timedelta(days=1)
_HOUR = datetime.timedelta(hours=1)


class Schedule:
    """When a hook is due, as ``schedule`` was told; ``tz`` is the name of a zone."""

    __slots__ = ("aligned", "cron", "jitter", "run_at", "run_every", "tz")

    def __init__(
        self,
        run_every: datetime.timedelta | None,
        run_at: datetime.time | None = None,
        aligned: bool = False,
        cron: str | None = None,
        tz: str | None = None,
        jitter: datetime.timedelta | None = None,
    ) -> None:
        self.run_every = run_every
        self.run_at = run_at
        self.aligned = aligned
        self.cron = cron
        self.tz = tz
        self.jitter = jitter


def check(run_every: Any, at: Any, aligned: Any, cron: Any, tz: Any, jitter: Any) -> Schedule:
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
    return Schedule(every, at, bool(aligned), cron, _zone(tz), _jitter(jitter, every))


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


def _jitter(jitter: Any, every: datetime.timedelta | None) -> datetime.timedelta | None:
    if jitter is None:
        return None
    if not isinstance(jitter, datetime.timedelta):
        raise TypeError(f"jitter is {jitter!r}; give a timedelta such as timedelta(seconds=30)")
    most = every or _HOUR  # a cron expression may stand for each second
    if jitter < datetime.timedelta(0) or jitter > most:
        raise ValueError(f"jitter is {jitter}; it can be up to {most} here")
    return jitter
