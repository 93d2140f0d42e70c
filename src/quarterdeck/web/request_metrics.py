"""What services answered, as Prometheus reads it: requests by status, and a histogram of how long they took."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from quarterdeck.store.contract import Piece, Steps
from quarterdeck.store.query import MAX_LIMIT, Query
from quarterdeck.web.figures import MINUTE
from quarterdeck.web.pieces import DAY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from quarterdeck.core.sums import Sum
    from quarterdeck.hub.exchange import Exchange
    from quarterdeck.hub.peers import Rights
    from quarterdeck.store.contract import Store, Stored

QUANTUM = 1e-6
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds: those of Prometheus' own clients, so that dashboards for them fit."""
_COUNTED = "quarterdeck_service_requests_total"
_TIMED = "quarterdeck_service_request_seconds"


class Endpoint(NamedTuple):
    """One endpoint: its labels, its counts by status, and all its durations."""

    labels: str
    status: dict[str, int]
    durations: Sum | None


async def request_lines(exchange: Exchange, rights: Rights) -> list[str]:
    """The lines of all endpoints of all services that may be seen."""
    endpoints = [endpoint async for endpoint in _endpoints(exchange, rights)]
    if not endpoints:
        return []
    lines = [f"# HELP {_COUNTED} requests answered", f"# TYPE {_COUNTED} counter"]
    for endpoint in endpoints:
        lines += [f'{_COUNTED}{{{endpoint.labels},status="{code}"}} {n}' for code, n in endpoint.status.items()]
    lines += [f"# HELP {_TIMED} how long requests took", f"# TYPE {_TIMED} histogram"]
    for endpoint in endpoints:
        lines += _histogram(endpoint)
    return lines


async def _endpoints(exchange: Exchange, rights: Rights) -> AsyncIterator[Endpoint]:
    today = exchange.clock.now() // MINUTE // DAY * DAY
    after: str | None = None
    while True:
        page = await exchange.board.list(Query(kind="endpoint", limit=MAX_LIMIT, after=after))
        seen = [item for item in page.items if rights.may_watch(item.topic)]
        look = partial(_with_durations, exchange.store, seen, Piece("day", 0, today + DAY))
        for endpoint in await exchange.board.look(look):
            yield endpoint
        after = page.next
        if after is None:
            return


def _with_durations(store: Store, items: list[Stored], ever: Piece) -> list[Endpoint]:
    sums = store.sums([item.topic for item in items], ["duration"], Steps([0], [ever]))
    found = []
    for item in items:
        steps = sums.get((item.topic, "duration"))
        status = item.state.values.get("status") or {}
        found.append(Endpoint(_labels(item.state.values), status, steps[0] if steps else None))
    return found


def _labels(values: dict[str, Any]) -> str:
    said = {"service": values.get("service"), "method": values.get("method"), "route": values.get("route")}
    return ",".join(f'{name}="{_escaped(str(value or ""))}"' for name, value in said.items())


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _histogram(endpoint: Endpoint) -> Iterator[str]:
    labels, whole = endpoint.labels, endpoint.durations
    if whole is None:
        return
    for bound, count in zip(BOUNDS, whole.below(bound / QUANTUM for bound in BOUNDS), strict=True):
        yield f'{_TIMED}_bucket{{{labels},le="{bound}"}} {count}'
    yield f'{_TIMED}_bucket{{{labels},le="+Inf"}} {whole.n}'
    yield f"{_TIMED}_sum{{{labels}}} {whole.total * QUANTUM!r}"
    yield f"{_TIMED}_count{{{labels}}} {whole.n}"
