"""The hub's data over plain HTTP: health, topics, named events, calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from starlette.routing import Route

from quarterdeck.core.ops import Refused
from quarterdeck.core.topics import check_topic
from quarterdeck.hub.accounts.audit import may_read
from quarterdeck.hub.calls import TIMEOUT
from quarterdeck.hub.delivery.patches import encode
from quarterdeck.hub.watching import check_prefix
from quarterdeck.version import __version__
from quarterdeck.web import asked, cells, fires, logs, series, source, totals
from quarterdeck.web.answering import answering
from quarterdeck.web.bodies import read_body
from quarterdeck.web.errors import json_response

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from quarterdeck.hub.peers import Rights
    from quarterdeck.web.served import Served

LONGEST_CALL = 600.0
_MOST_EVENTS = 1000


class CallBody(msgspec.Struct):
    """POST /api/calls. ``timeout`` in seconds; the same ``id`` again is the same call."""

    topic: str
    name: str
    args: dict[str, Any] = {}
    id: str | None = None
    timeout: float = TIMEOUT


def routes(hub: Served) -> Sequence[BaseRoute]:
    """The routes of data."""
    api = Api(hub)
    return [
        Route("/api/health", answering(api.health), methods=["GET"]),
        Route("/api/topics", answering(api.topics), methods=["GET"]),
        Route("/api/topics/{topic:path}", answering(api.topic), methods=["GET"]),
        Route("/api/events", answering(api.events), methods=["GET"]),
        Route("/api/calls", answering(api.call), methods=["POST"]),
        *series.routes(hub),
        *totals.routes(hub),
        *cells.routes(hub),
        *logs.routes(hub),
        *source.routes(hub),
        *fires.routes(hub),
    ]


class Api:
    """Answers from the board, the store and the peers of one hub."""

    def __init__(self, hub: Served) -> None:
        self._hub = hub

    async def health(self, _request: Request) -> Response:
        """200 while the hub can store what it accepts, else 503; says no more than that to anybody."""
        ok = self._hub.exchange.commits.failure is None
        return json_response({"ok": ok, "version": __version__}, 200 if ok else 503)

    async def topics(self, request: Request) -> Response:
        """One page of a list, with ``count=1`` also how many there are in all.

        ``fields`` names what is wanted of each state, else it is the whole.
        """
        rights, exchange = self._rights(request), self._hub.exchange
        board = exchange.board
        query = asked.query(request)
        check_prefix(rights, query)
        page = await board.list(query)
        seq, fields = board.close(), asked.names(request, "fields")
        found = [
            {
                "topic": item.topic,
                "kind": item.kind,
                "epoch": board.epoch,
                "seq": seq,
                "state": _only(item.state.values, fields),
            }
            for item in page.items
            if rights.may_watch(item.topic)
        ]
        answer: dict[str, Any] = {"topics": found, "next": page.next}
        if asked.number(request, "count"):
            answer["count"] = await board.look(lambda: exchange.store.count(query))
        return json_response(answer)

    async def topic(self, request: Request) -> Response:
        """One snapshot."""
        topic, board = check_topic(request.path_params["topic"]), self._hub.exchange.board
        self._rights(request).check_watch(topic)
        if board.state(topic) is None:
            raise Refused("missing", f"there is no topic {topic}", "GET /api/topics lists those that exist")
        board.close()
        return json_response(msgspec.Raw(board.snapshot(topic).encode()))

    async def events(self, request: Request) -> Response:
        """Named events, newest first: who did what, and when."""
        prefix, exchange = request.query_params.get("prefix", ""), self._hub.exchange
        self._rights(request).check_watch(prefix)
        limit = asked.number(request, "limit") or 100
        if not 1 <= limit <= _MOST_EVENTS:
            raise Refused("limit", f"the limit {limit} is not between 1 and {_MOST_EVENTS}", "page with after=")
        asked_for = {"after": request.query_params.get("after") or None, "by": request.query_params.get("by") or None}
        name = request.query_params.get("name", "")
        found = await exchange.board.look(
            lambda: exchange.store.events(prefix, limit=limit, name=name, **asked_for),
        )
        last = found[-1].id if len(found) == limit else None
        readable = [event._asdict() for event in found if may_read(request.state.account, event.topic)]
        return json_response({"events": readable, "next": last})

    async def call(self, request: Request) -> Response:
        """Call the owner of a topic and wait for its reply."""
        body = await read_body(request, CallBody)
        check_topic(body.topic)
        if not 0 < body.timeout <= LONGEST_CALL:
            raise Refused("malformed", f"a timeout of {body.timeout:g} s", f"wait up to {LONGEST_CALL:g} s")
        self._rights(request).check_call(body.topic, body.name)
        by, calls = request.state.account.name, self._hub.exchange.calls
        caller = f"account {by}"
        if body.id is None:
            reply = await calls.call(body.topic, body.name, body.args, by=by, timeout=body.timeout)
        else:
            reply = await calls.once(caller, body.id, body.topic, body.name, body.args, by=by, timeout=body.timeout)
        return json_response(msgspec.Raw(encode({"reply": reply}).encode()))

    def _rights(self, request: Request) -> Rights:
        return self._hub.accounts.rights(request.state.account)


def _only(values: dict[str, Any], fields: list[str] | None) -> dict[str, Any]:
    return values if fields is None else {field: values[field] for field in fields if field in values}
