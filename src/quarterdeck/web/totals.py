"""GET /api/totals: for each member of a list what its series come to in a span of time, percentiles included."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.routing import Route

from quarterdeck.core.ops import SERIES, Refused
from quarterdeck.core.series import sum_cells
from quarterdeck.hub.watching import check_prefix
from quarterdeck.store.contract import KEPT_DAYS, MINUTES
from quarterdeck.web import asked
from quarterdeck.web.answering import answering
from quarterdeck.web.errors import json_response
from quarterdeck.web.series import MINUTE, summary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from quarterdeck.core.ops import Cell
    from quarterdeck.store.contract import Page, Span, Store
    from quarterdeck.web.served import Served

    Piece = tuple[Span, int, int]

_DAY = MINUTES["day"]


def routes(hub: Served) -> list[BaseRoute]:
    """The route of totals."""

    async def totals(request: Request) -> Response:
        return await _totals(hub, request)

    return [Route("/api/totals", answering(totals), methods=["GET"])]


async def _totals(hub: Served, request: Request) -> Response:
    """``from`` (default: the beginning) and ``to`` (default: now) in microseconds UTC, by the minute."""
    rights, exchange = hub.accounts.rights(request.state.account), hub.exchange
    query, fields = asked.query(request), asked.names(request, "series")
    if not fields:
        raise Refused("malformed", "the request names no series", "add series=duration,errors to the address")
    check_prefix(rights, query)
    now = exchange.clock.now() // MINUTE
    begin, end = asked.number(request, "from"), asked.number(request, "to")
    pieces = list(pieces_of((begin or 0) // MINUTE, now + 1 if end is None else -(-end // MINUTE), now))
    page = await exchange.board.list(query)
    shown = page._replace(items=[item for item in page.items if rights.may_watch(item.topic)])
    found = await exchange.commits.run(lambda: _of_page(exchange.store, shown, fields, pieces))
    return json_response({"totals": found, "next": page.next})


def _of_page(store: Store, page: Page, fields: list[str], pieces: list[Piece]) -> list[dict[str, Any]]:
    found = []
    for item in page.items:
        totals = {}
        for field in fields:
            known = item.state.types.get(field)
            if known is not None and known[0] == SERIES:
                totals[field] = _total(store, item.topic, field, pieces, known[1])
        found.append({"topic": item.topic, "series": totals})
    return found


def _total(store: Store, topic: str, field: str, pieces: list[Piece], quantum: float) -> dict[str, Any] | None:
    found = _cells(store, topic, field, pieces)
    whole = sum_cells(found.values())
    return None if whole is None else {"first_at": min(found) * MINUTE, **summary(whole, quantum)}


def total_of(store: Store, topic: str, field: str, pieces: list[Piece]) -> Cell | None:
    """One cell of all that the series has there; None if that is nothing."""
    return sum_cells(_cells(store, topic, field, pieces).values())


def _cells(store: Store, topic: str, field: str, pieces: list[Piece]) -> dict[int, Cell]:
    """The cells by the minute that they begin in."""
    found: dict[int, Cell] = {}
    for span, start, stop in pieces:
        found |= store.cells(topic, field, span, start, stop)
    return found


def pieces_of(start: int, stop: int, now: int) -> Iterator[Piece]:
    """The UTC minutes [start, stop) by the widest cells that fit: (span, from, to), in no order.

    Before the time for which finer cells are kept, the hour or day that ``start`` is in counts whole.
    """
    for finer, wider in (("minute", "hour"), ("hour", "day")):
        if start < now - KEPT_DAYS[finer] * _DAY:  # type: ignore[index]
            start -= start % MINUTES[wider]  # type: ignore[index]
    yield from _pieces(start, stop, ("day", "hour", "minute"))


def _pieces(start: int, stop: int, spans: tuple[Span, ...]) -> Iterator[Piece]:
    if start >= stop:
        return
    width = MINUTES[spans[0]]
    first, last = -(-start // width) * width, stop // width * width
    if first >= last:
        yield from _pieces(start, stop, spans[1:])
        return
    yield (spans[0], first, last)
    yield from _pieces(start, first, spans[1:])
    yield from _pieces(last, stop, spans[1:])
