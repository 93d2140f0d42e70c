"""GET /api/cells: the cells of a list's series as they are kept, as CSV or lines of JSON, however many they are."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from starlette.responses import StreamingResponse
from starlette.routing import Route

from quarterdeck.core.ops import SERIES, Refused
from quarterdeck.hub.members import onward
from quarterdeck.hub.watching import check_prefix
from quarterdeck.store.contract import MINUTES, Piece, Steps
from quarterdeck.web import asked, figures
from quarterdeck.web.answering import answering
from quarterdeck.web.figures import MINUTE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from quarterdeck.store.contract import Span, Store, Stored
    from quarterdeck.web.served import Served

    Row = dict[str, Any]

_FIGURES = (*figures.ALL, "buckets")
COLUMNS = ("topic", "field", "begin", "seconds", *_FIGURES)
_values = itemgetter(*COLUMNS)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


_LINES = 500
"""So many at a time go to whoever asked."""


class _Form(NamedTuple):
    media: str
    ending: str
    head: str
    written: Callable[[Iterable[Row]], str]


class _Wanted(NamedTuple):
    """Which series (None: all of each member), and the UTC minutes [start, stop) of cells of one span."""

    series: list[str] | None
    span: Span
    start: int
    stop: int


def routes(hub: Served) -> list[BaseRoute]:
    """The route of cells."""

    async def cells(request: Request) -> Response:
        return await _cells(hub, request)

    return [Route("/api/cells", answering(cells), methods=["GET"])]


async def _cells(hub: Served, request: Request) -> Response:
    """``span`` is minute, hour (default) or day, ``format`` csv (default) or jsonl; ``from`` and ``to`` in microseconds
    UTC (default: all that is kept)."""
    rights, exchange = hub.accounts.rights(request.state.account), hub.exchange
    query, wanted = asked.query(request), _wanted(request, exchange.clock.now() // MINUTE)
    form = _FORMS.get(request.query_params.get("format", "csv"))
    if form is None:
        raise Refused("malformed", "cells come in no such format", "write format=csv or format=jsonl")
    check_prefix(rights, query)
    first = await exchange.board.list(query)

    async def text() -> AsyncIterator[bytes]:
        yield form.head.encode()
        async for item in onward(exchange.board, query, first):
            if rights.may_watch(item.topic):
                quanta = _quanta(item, wanted)
                for lines in await exchange.board.look(
                    partial(_written, exchange.store, item.topic, quanta, wanted, form)
                ):
                    yield lines

    headers = {"content-disposition": f'attachment; filename="cells-{wanted.span}.{form.ending}"'}
    return StreamingResponse(text(), media_type=form.media, headers=headers)


def _wanted(request: Request, now: int) -> _Wanted:
    span: Any = request.query_params.get("span", "hour")
    if span not in MINUTES:
        raise Refused("malformed", f"span={str(span)[:40]} is no width of cells", f"write one of {', '.join(MINUTES)}")
    begin, end = asked.number(request, "from"), asked.number(request, "to")
    stop = now + 1 if end is None else -(-end // MINUTE)
    return _Wanted(asked.names(request, "series"), span, (begin or 0) // MINUTE, stop)


def _quanta(item: Stored, wanted: _Wanted) -> dict[str, float]:
    """The quantum of each series that is wanted."""
    types = item.state.types.items()
    return {
        field: of[1] for field, of in types if of[0] == SERIES and (wanted.series is None or field in wanted.series)
    }


def _written(store: Store, topic: str, quanta: dict[str, float], wanted: _Wanted, form: _Form) -> list[bytes]:
    """All lines of a member."""
    rows = (row for field, quantum in quanta.items() for row in _rows(store, topic, field, quantum, wanted))
    return list(iter(lambda: form.written(islice(rows, _LINES)).encode(), b""))


def _rows(store: Store, topic: str, field: str, quantum: float, wanted: _Wanted) -> Iterator[Row]:
    span, start, stop = wanted[1:]
    width = MINUTES[span]
    each = Steps(range(start - start % width, stop, width), [Piece(span, start, stop)])
    for minute, whole in sorted(store.sums([topic], [field], each).get((topic, field), {}).items()):
        begin = datetime.fromtimestamp(minute * 60, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        about = {"topic": topic, "field": field, "begin": begin, "seconds": width * 60}
        yield about | figures.summary(whole, quantum, _FIGURES)


def _csv(rows: Iterable[Row]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    for row in rows:
        names = {"topic": _harmless(row["topic"]), "field": _harmless(row["field"])}
        writer.writerow(_values(row | names | {"buckets": msgspec.json.encode(row["buckets"]).decode()}))
    return text.getvalue()


def _harmless(text: str) -> str:
    """A leading sign of a formula would run in a spreadsheet; a quote before it keeps it text."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _lines(rows: Iterable[Row]) -> str:
    return "".join([f"{msgspec.json.encode(row).decode()}\n" for row in rows])


_FORMS = {
    "csv": _Form("text/csv; charset=utf-8", "csv", f"{','.join(COLUMNS)}\r\n", _csv),
    "jsonl": _Form("application/x-ndjson", "jsonl", "", _lines),
}
