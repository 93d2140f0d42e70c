"""What lies beyond the limits, as list queries: of each script the failures, and the other runs that have ended."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from quarterdeck.core.schedule import DAY
from quarterdeck.store.query import Condition, Query, parse_query

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quarterdeck.hub.retention.limits import Limits
    from quarterdeck.store.contract import Page

FAILED = ("state = failed",)
PROGRAMS = parse_query("job", where=["role != bar", "started >= 0"], order="started", limit=1)
"""The first one that is kept; their logs are kept as those of runs are."""
OTHERS = ("state != failed", "state != running", "state != waiting")


class Lists(Protocol):
    """The part of a store that is asked; it blocks."""

    def count(self, query: Query, /) -> int: ...
    def topics(self, query: Query, /, *, whole: bool = True) -> Page: ...


def scripts_of(store: Lists) -> Iterator[str | None]:
    """The names of all scripts that have runs, those that are gone too; None stands for runs of no script."""
    if store.topics(parse_query("run", where=["script = null"], limit=1), whole=False).items:
        yield None
    query = parse_query("run", where=['script >= ""'], order="script", limit=1)
    while page := store.topics(query, whole=False).items:
        name = str(page[0].state.values["script"])
        yield name
        query = replace(query, where=(Condition("script", ">", (name,)),))


def may_have_surplus(store: Lists, script: str | None, limits: Limits) -> bool:
    """Whether it is worth a closer look: most scripts have fewer runs than may be."""
    return bool(limits.days) or 0 < limits.runs < store.count(runs_of(script, ()))


def runs_of(script: str | None, which: tuple[str, ...]) -> Query:
    """The ended runs of a script that have failed, or the others, newest first."""
    return parse_query("run", where=[f"script = {json.dumps(script)}", *which], order="-started")


def older(query: Query, limits: Limits, now: int) -> Query:
    """Those that are too old."""
    return replace(query, where=(*query.where, Condition("started", "<", (now - limits.days * DAY,))))


def beyond(query: Query, limits: Limits, now: int) -> Iterator[tuple[Query, int]]:
    """What is to go, as (query, how many of its first stay)."""
    if limits.runs:
        yield query, limits.runs
    if limits.days:
        yield older(query, limits, now), 0


def logs_before(oldest: int, limits: Limits, now: int) -> int:
    """The moment before whose day logs go; ``oldest`` is when the first run that is kept started."""
    stay = min(limits.log_days, limits.days) if limits.days else limits.log_days
    return min(oldest, now - stay * DAY)
