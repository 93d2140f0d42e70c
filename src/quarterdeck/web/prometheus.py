"""GET /metrics: the hub's own figures and those of services, as Prometheus reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response
from starlette.routing import Route

from quarterdeck.web.answering import answering
from quarterdeck.web.request_metrics import request_lines

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from quarterdeck.hub.exchange import Exchange
    from quarterdeck.web.served import Served

_GAUGES = {
    "cpu": ("cpu_share", "share of one core that the hub uses"),
    "memory": ("memory_bytes", "resident memory of the hub"),
    "disk": ("disk_bytes", "size of the store"),
}


def routes(hub: Served) -> list[BaseRoute]:
    """The route of figures."""

    async def metrics(request: Request) -> Response:
        requests = await request_lines(hub.exchange, hub.accounts.rights(request.state.account))
        text = figures(hub.exchange) + "".join(f"{line}\n" for line in requests)
        return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")

    return [Route("/metrics", answering(metrics), methods=["GET"])]


def figures(exchange: Exchange) -> str:
    """The text."""
    board, streams = exchange.board, exchange.streams
    state = board.state("hub")
    values = state.values if state else {}
    lines: list[str] = []
    for field, (name, meaning) in _GAUGES.items():
        if field in values:
            lines += _figure(name, "gauge", meaning, values[field])
    viewers = sum(interest.viewers for interest in board.audience if interest.watches)
    lines += _figure("events_accepted_total", "counter", "events accepted since the hub started", board.accepted)
    lines += _figure("events_refused_total", "counter", "events refused since the hub started", streams.refused)
    lines += _figure("events_dropped_total", "counter", "events that producers had to give up", streams.dropped)
    lines += _figure("fold_seconds_total", "counter", "seconds spent on folding what producers sent", streams.folding)
    lines += _figure("batches_total", "counter", "batches closed for delivery", board.seq)
    lines += _figure("viewers", "gauge", "connections that watch something", viewers)
    lines += _figure("peers", "gauge", "peers that have said hello", len(exchange.peers))
    lines += _figure("topics_live", "gauge", "topics in memory", len(board.states))
    lines += _figure("store_ok", "gauge", "1 while commits succeed", int(exchange.commits.failure is None))
    return "\n".join(lines) + "\n"


def _figure(name: str, kind: str, meaning: str, value: float) -> list[str]:
    full = f"quarterdeck_{name}"
    return [f"# HELP {full} {meaning}", f"# TYPE {full} {kind}", f"{full} {value}"]
