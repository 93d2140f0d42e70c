"""What schedules will start: the next times of hooks, for people to look at.  Pure: plans come in, times go out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import tzinfo

    from quarterdeck.hub.schedules.plan import Plan

MOST_IN_ALL = 5_000
"""Times of one answer: a time of a cron expression takes a tenth of a millisecond to find."""


class Ahead(NamedTuple):
    """A hook that its schedule will start.  ``planned`` is its next time, ``usual`` how long it takes as a rule.

    ``zone`` rules it, its own or the deck's.  Times and spans in microseconds.
    """

    script: str
    hook: str
    plan: Plan
    zone: tzinfo
    planned: int
    usual: int | None


class Fires(NamedTuple):
    """The next times of one hook: each with the words of the calendar that will skip it, or None.

    ``more``: there are further ones before the end that was asked for.
    """

    ahead: Ahead
    times: list[tuple[int, str | None]]
    more: bool


def preview(hooks: list[Ahead], until: int, most: int) -> list[Fires]:
    """The times of each hook up to ``until``, at most ``most`` of each."""
    most = max(1, min(most, MOST_IN_ALL // max(1, len(hooks))))
    return [_fires_of(ahead, until, most) for ahead in hooks]


def _fires_of(ahead: Ahead, until: int, most: int) -> Fires:
    plan, planned = ahead.plan, ahead.planned
    times: list[tuple[int, str | None]] = []
    while planned <= until:
        if len(times) == most:
            return Fires(ahead, times, True)
        due = plan.due(ahead.script, ahead.hook, planned)
        times.append((due, plan.excludes((planned, due), ahead.zone)))
        planned = plan.schedule.after(planned, ahead.zone)
    return Fires(ahead, times, False)
