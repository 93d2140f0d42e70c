"""GET /api/logs/{topic}: the lines of a run, or of a script's day."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from starlette.routing import Route

from quarterdeck.core.ops import Refused
from quarterdeck.core.topics import check_topic
from quarterdeck.hub.logs import LINES, days_of, read_log
from quarterdeck.web import asked
from quarterdeck.web.answering import answering
from quarterdeck.web.errors import json_response

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from quarterdeck.web.served import Served


def routes(hub: Served) -> list[BaseRoute]:
    """The route of logs."""

    async def logs(request: Request) -> Response:
        return await _logs(hub, request)

    return [Route("/api/logs/{topic:path}", answering(logs), methods=["GET"])]


async def _logs(hub: Served, request: Request) -> Response:
    """``from`` is a byte, ``limit`` a number of lines, ``q`` what they must contain; ``next`` is where to go on."""
    topic = check_topic(request.path_params["topic"])
    if not hub.accounts.rights(request.state.account).may_watch(topic):
        raise Refused("forbidden", f"you may not watch {topic}", "ask an admin of this deck")
    log = _log_of(hub, topic, request.query_params.get("day"))
    start, limit = asked.number(request, "from"), asked.number(request, "limit") or LINES
    search = request.query_params.get("q", "")
    try:
        page = await asyncio.to_thread(read_log, hub.deck.logs, log, start=start, limit=limit, search=search)
    except FileNotFoundError:
        raise Refused("missing", f"the log of {topic} is gone", "old logs are removed; see [retention]") from None
    except ValueError as fault:
        raise Refused("forbidden", str(fault), "the log of a topic lies in the deck's folder of logs") from fault
    return json_response(page._asdict())


def _log_of(hub: Served, topic: str, day: str | None) -> dict[str, Any]:
    root, _, name = topic.partition("/")
    if root == "script" and "/" not in name:
        days = days_of(hub.deck.logs, name)
        found = [file for file in days if day is None or file.endswith(f"/{day}.log")]
        if found:
            return {"file": found[-1], "from": 0}
    state = hub.exchange.board.state(topic)
    log = state.values.get("log") if state else None
    if not isinstance(log, dict) or not isinstance(log.get("file"), str):
        raise Refused("missing", f"{topic} has no log", "runs and scripts have logs, once they have written something")
    return log
