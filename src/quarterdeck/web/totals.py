"""GET /api/totals: for each member of a list what its series come to in a span of time, percentiles included."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from starlette.routing import Route

from quarterdeck.core.ops import Refused
from quarterdeck.hub.watching import check_prefix
from quarterdeck.store.contract import Steps
from quarterdeck.web import asked, figures
from quarterdeck.web.answering import answering
from quarterdeck.web.errors import json_response
from quarterdeck.web.figures import MINUTE
from quarterdeck.web.pieces import DAY, pieces_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from quarterdeck.core.sums import Sum
    from quarterdeck.store.contract import Piece, Store, Stored
    from quarterdeck.store.query import Query
    from quarterdeck.web.figures import Quanta
    from quarterdeck.web.served import Served

    Figures = dict[str, dict[str, Any] | None]


def routes(hub: Served) -> list[BaseRoute]:
    """The route of totals."""

    async def totals(request: Request) -> Response:
        return await _totals(hub, request)

    return [Route("/api/totals", answering(totals), methods=["GET"])]


class _Asked(NamedTuple):
    """``before``: the pieces of the time before, None if that is not asked for."""

    query: Query
    series: list[str]
    figures: tuple[str, ...]
    fields: list[str] | None
    pieces: list[Piece]
    before: list[Piece] | None


async def _totals(hub: Served, request: Request) -> Response:
    rights, exchange = hub.accounts.rights(request.state.account), hub.exchange
    wanted = _asked(request, exchange.clock.now() // MINUTE)
    check_prefix(rights, wanted.query)
    page = await exchange.board.list(wanted.query, whole=wanted.fields is not None)
    shown = [item for item in page.items if rights.may_watch(item.topic)]
    quanta = figures.quanta({item.topic: item.state for item in shown}, wanted.series)
    topics = [item.topic for item in shown]
    now, before = await exchange.board.look(
        lambda: [_figures(exchange.store, topics, quanta, wanted, each) for each in (wanted.pieces, wanted.before)]
    )
    return json_response({"totals": [_member(item, wanted, now, before) for item in shown], "next": page.next})


def _asked(request: Request, now: int) -> _Asked:
    """``from`` (default: the beginning) and ``to`` (default: now) in microseconds UTC, by the minute."""
    series = asked.names(request, "series")
    if not series:
        raise Refused("malformed", "the request names no series", "add series=duration,errors to the address")
    begin, end = asked.number(request, "from"), asked.number(request, "to")
    start, stop = (begin or 0) // MINUTE, now + 1 if end is None else -(-end // MINUTE)
    before = None
    if asked.number(request, "before"):
        before = [] if begin is None else pieces_of(2 * start - stop, start, now)
    return _Asked(
        asked.query(request),
        series,
        figures.wanted(request),
        asked.names(request, "fields"),
        pieces_of(start, _whole(stop, now), now),
        before,
    )


def _whole(stop: int, now: int) -> int:
    """Now, or later, is the end of the day: its cells hold nothing that is not wanted, and are fewest."""
    return stop if stop <= now else -(-stop // DAY) * DAY


def _figures(
    store: Store, topics: Sequence[str], quanta: Quanta, wanted: _Asked, pieces: list[Piece] | None
) -> dict[str, Figures]:
    """What each topic's series come to in these pieces of time; None if nothing is in them."""
    only_counts = figures.are_counts(wanted.figures)
    sums = store.sums(topics, wanted.series, Steps([0], pieces), only_counts=only_counts) if pieces else {}
    found: dict[str, Figures] = {topic: {} for topic in topics}
    for (topic, field), quantum in quanta.items():
        steps = sums.get((topic, field))
        found[topic][field] = None if steps is None else _total(steps[0], quantum, wanted.figures)
    return found


def _total(whole: Sum, quantum: float, names: tuple[str, ...]) -> dict[str, Any]:
    return {"first_at": whole.first * MINUTE, **figures.summary(whole, quantum, names)}


def _member(item: Stored, wanted: _Asked, now: dict[str, Figures], before: dict[str, Figures]) -> dict[str, Any]:
    row: dict[str, Any] = {"topic": item.topic, "series": now[item.topic]}
    if wanted.before is not None:
        row["before"] = before[item.topic]
    if wanted.fields is not None:
        values = item.state.values
        row["state"] = {field: values[field] for field in wanted.fields if field in values}
    return row
