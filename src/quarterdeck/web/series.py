"""GET /api/series: counts, sums, extremes and percentiles of a series, a step at a time."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from starlette.routing import Route

from quarterdeck.core.ops import SERIES, Refused
from quarterdeck.core.series import add_cell, copy_cell, quantile
from quarterdeck.core.topics import check_topic
from quarterdeck.store.contract import KEPT_DAYS, MINUTES, StoreError
from quarterdeck.web import asked
from quarterdeck.web.answering import answering
from quarterdeck.web.errors import json_response

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from quarterdeck.store.contract import Span
    from quarterdeck.web.served import Served

    Cell = list[Any]

MINUTE = 60_000_000
STEPS = 300
"""About how many steps an answer has where none is asked for."""
MOST_STEPS = 5000
_PERCENTILES = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99}
_ROUND = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440)


def routes(hub: Served) -> list[BaseRoute]:
    """The route of series."""

    async def series(request: Request) -> Response:
        return await _series(hub, request)

    return [Route("/api/series", answering(series), methods=["GET"])]


async def _series(hub: Served, request: Request) -> Response:
    """``from`` and ``to`` in microseconds UTC (default: the last hour), ``step`` in seconds, whole minutes."""
    topic, field = check_topic(asked.text(request, "topic")), asked.text(request, "field")
    if not hub.accounts.rights(request.state.account).may_watch(topic):
        raise Refused("forbidden", f"you may not watch {topic}", "ask an admin of this deck")
    exchange = hub.exchange
    with suppress(StoreError):  # then the newest cells are missing
        await exchange.board.committed(patient=False)
    state = exchange.board.state(topic)
    known = state.types.get(field) if state else None
    if known is None or known[0] != SERIES:
        raise Refused("missing", f"{topic} has no series {field!r}", "its snapshot names its series under types")
    now = exchange.clock.now()
    to = asked.number(request, "to")
    stop = -(-(now if to is None else to) // MINUTE)
    begin = asked.number(request, "from")
    start = stop - 60 if begin is None else begin // MINUTE
    step = _step(asked.number(request, "step"), stop - start)
    span = _span(step, start, now // MINUTE)
    step = max(step, MINUTES[span])
    start -= start % step
    cells = await exchange.commits.run(lambda: exchange.store.cells(topic, field, span, start, stop))
    found = [_row(at, cell, known[1]) for at, cell in sorted(_by_step(cells, step).items())]
    return json_response({"topic": topic, "field": field, "quantum": known[1], "step": step * 60, "cells": found})


def _step(seconds: int | None, minutes: int) -> int:
    """The step in minutes."""
    if minutes <= 0:
        raise Refused("malformed", "the series would end before it begins", "give from= before to=, in microseconds")
    if seconds is None:
        return next((step for step in _ROUND if minutes <= step * STEPS), -(-minutes // (STEPS * 1440)) * 1440)
    if seconds <= 0 or seconds % 60 or minutes * 60 > seconds * MOST_STEPS:
        hint = f"a step is a whole number of minutes, in seconds, and an answer has at most {MOST_STEPS} of them"
        raise Refused("malformed", f"a step of {seconds} s", hint)
    return seconds // 60


def _span(step: int, start: int, now: int) -> Span:
    """The finest cells that are still kept so far back, and no finer than the step needs."""
    for span in ("day", "hour", "minute"):
        fits = step % MINUTES[span] == 0 or span == "minute"
        if fits and (span not in KEPT_DAYS or start >= now - KEPT_DAYS[span] * 1440):
            return span
    return "hour" if start >= now - KEPT_DAYS["hour"] * 1440 else "day"


def _by_step(cells: dict[int, Cell], step: int) -> dict[int, Cell]:
    found: dict[int, Cell] = {}
    for minute, cell in cells.items():
        at = minute - minute % step
        if at in found:
            add_cell(found[at], cell)
        else:
            found[at] = copy_cell(cell)
    return found


def _row(minute: int, cell: Cell, quantum: float) -> dict[str, Any]:
    """One step; ``at`` is when it begins (microseconds)."""
    return {"at": minute * MINUTE, **summary(cell, quantum)}


def summary(cell: Cell, quantum: float) -> dict[str, Any]:
    """A cell in the series' unit; ``last_at`` is when its last value was (microseconds)."""
    row: dict[str, Any] = {"count": int(cell[0])}
    for place, name in enumerate(("sum", "min", "max"), 1):
        row[name] = int(cell[place]) * quantum
    row["last"], row["last_at"] = int(cell[4][1]) * quantum, int(cell[4][0])
    return row | {name: quantile(cell, share) * quantum for name, share in _PERCENTILES.items()}
