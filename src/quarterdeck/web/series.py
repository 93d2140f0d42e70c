"""GET /api/series: counts, sums, extremes and percentiles, a step at a time: of one series, or of those of a list."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from starlette.routing import Route

from quarterdeck.core.ops import Refused
from quarterdeck.core.topics import check_topic
from quarterdeck.hub.watching import check_prefix
from quarterdeck.web import asked, figures
from quarterdeck.web.answering import answering
from quarterdeck.web.errors import json_response
from quarterdeck.web.figures import MINUTE
from quarterdeck.web.pieces import DAY, days, equal_steps

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from quarterdeck.core.sums import Sum
    from quarterdeck.store.contract import Steps, Store
    from quarterdeck.web.figures import Quanta
    from quarterdeck.web.served import Served

STEPS = 300
"""About how many steps an answer has where none is asked for."""
MOST_STEPS = 5000
MOST_CELLS = 100_000
"""Of all series of a list together."""
_NONE = msgspec.Raw(b"[]")
_ROUND = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440)
_YEAR = 366 * DAY


def routes(hub: Served) -> list[BaseRoute]:
    """The route of series."""

    async def series(request: Request) -> Response:
        return await (_of_list if "series" in request.query_params else _of_one)(hub, request)

    return [Route("/api/series", answering(series), methods=["GET"])]


class _Times(NamedTuple):
    """``step`` is in seconds, or "day"."""

    step: int | str
    steps: Steps


async def _of_one(hub: Served, request: Request) -> Response:
    topic, field = check_topic(asked.text(request, "topic")), asked.text(request, "field")
    hub.accounts.rights(request.state.account).check_watch(topic)
    exchange, names = hub.exchange, figures.wanted(request)
    times = _times(request, exchange.clock.now())
    state = exchange.board.state(topic)
    quantum = figures.quantum_of(state, field) if state else None
    if quantum is None:
        raise Refused("missing", f"{topic} has no series {field!r}", "its snapshot names its series under types")
    look = partial(_read, exchange.store, ([topic], [field]), {(topic, field): quantum}, times, names)
    cells = (await exchange.board.look(look)).get((topic, field), _NONE)
    return json_response({"topic": topic, "field": field, "quantum": quantum, "step": times.step, "cells": cells})


async def _of_list(hub: Served, request: Request) -> Response:
    rights, exchange = hub.accounts.rights(request.state.account), hub.exchange
    query, fields, names = asked.query(request), asked.names(request, "series") or [], figures.wanted(request)
    check_prefix(rights, query)
    times = _times(request, exchange.clock.now())
    page = await exchange.board.list(query, whole=False)
    states = {item.topic: item.state for item in page.items if rights.may_watch(item.topic)}
    _check_size(len(states) * len(fields), times.steps)
    quanta = figures.quanta(states, fields)
    found = await exchange.board.look(partial(_read, exchange.store, (list(states), fields), quanta, times, names))
    rows = [
        {"topic": topic, "field": field, "quantum": quanta[topic, field], "cells": cells}
        for (topic, field), cells in found.items()
    ]
    return json_response({"step": times.step, "series": rows, "next": page.next})


def _read(
    store: Store, series: tuple[Sequence[str], Sequence[str]], quanta: Quanta, times: _Times, names: tuple[str, ...]
) -> dict[tuple[str, str], msgspec.Raw]:
    """The cells of each series that has some, as JSON: beside the event loop, and never long at once."""
    sums = store.sums(*series, times.steps, only_counts=figures.are_counts(names))
    return {key: _cells(steps, quanta[key], names) for key, steps in sums.items() if key in quanta}


def _cells(steps: dict[int, Sum], quantum: float, names: Sequence[str]) -> msgspec.Raw:
    """``at`` is when a step begins (microseconds)."""
    rows = sorted(steps.items())
    cells = [{"at": begin * MINUTE, **figures.summary(whole, quantum, names)} for begin, whole in rows]
    return msgspec.Raw(msgspec.json.encode(cells))


def _times(request: Request, now: int) -> _Times:
    """``from`` and ``to`` in microseconds UTC (default: the last hour); ``step`` in seconds, or "day"."""
    end, begin = asked.number(request, "to"), asked.number(request, "from")
    stop = -(-(now if end is None else end) // MINUTE)
    start = stop - 60 if begin is None else begin // MINUTE
    if start >= stop:
        raise Refused("malformed", "the series would end before it begins", "give from= before to=, in microseconds")
    minute = now // MINUTE
    if request.query_params.get("step") == "day":
        stop = min(stop, minute + _YEAR)
        _check_steps(stop - start, DAY)
        return _Times("day", days(start, stop, _zone(request), minute))
    step, steps = equal_steps(start, stop, _step(asked.number(request, "step"), stop - start), minute)
    return _Times(step * 60, steps)


def _step(seconds: int | None, minutes: int) -> int:
    """The step in minutes."""
    if seconds is None:
        return next((step for step in _ROUND if minutes <= step * STEPS), -(-minutes // (STEPS * DAY)) * DAY)
    if seconds <= 0 or seconds % 60:
        raise Refused("malformed", f"a step of {seconds} s", "a step is a whole number of minutes, in seconds, or day")
    _check_steps(minutes, seconds // 60)
    return seconds // 60


def _check_steps(minutes: int, step: int) -> None:
    if minutes > step * MOST_STEPS:
        hint = f"an answer has at most {MOST_STEPS} steps: ask for longer ones, or for less"
        raise Refused("malformed", f"{minutes} minutes in steps of {step}", hint)


def _check_size(series: int, steps: Steps) -> None:
    if series * len(steps.begins) > MOST_CELLS:
        asked_for = f"{series} series of {len(steps.begins)} steps"
        raise Refused(
            "out-of-range", asked_for, f"ask for at most {MOST_CELLS} steps in all: a longer step, a lower limit"
        )


def _zone(request: Request) -> tzinfo:
    name = request.query_params.get("tz") or "UTC"
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # by what is wrong with the name
        raise Refused("malformed", f"tz={name[:40]} is no time zone", "write it as Europe/Berlin") from None
