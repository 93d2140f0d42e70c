"""GET /api/fires: what schedules will start, up to a moment."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from starlette.routing import Route

from quarterdeck.core.ops import Refused
from quarterdeck.core.schedule import DAY, HOUR
from quarterdeck.core.topics import join
from quarterdeck.hub.schedules.preview import preview
from quarterdeck.web import asked
from quarterdeck.web.answering import answering
from quarterdeck.web.errors import json_response

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from quarterdeck.hub.schedules.preview import Fires
    from quarterdeck.web.served import Served

FURTHEST = 400 * DAY
MOST = 500


def routes(hub: Served) -> list[BaseRoute]:
    """The route of what comes next."""

    async def fires(request: Request) -> Response:
        return await _fires(hub, request)

    return [Route("/api/fires", answering(fires), methods=["GET"])]


async def _fires(hub: Served, request: Request) -> Response:
    """``to`` in microseconds UTC (default: in an hour), ``limit`` of each hook, ``script`` for one script alone."""
    now = hub.exchange.clock.now()
    to, limit = asked.number(request, "to") or now + HOUR, asked.number(request, "limit") or 100
    if not 1 <= limit <= MOST:
        raise Refused("limit", f"the limit {limit} is not between 1 and {MOST}", "ask for an earlier end with to=")
    if to - now > FURTHEST:
        raise Refused("malformed", "to= is more than 400 days ahead", "ask for an earlier end, in microseconds")
    rights, wanted = hub.accounts.rights(request.state.account), request.query_params.get("script")
    hooks = [
        ahead
        for ahead in hub.scripts.agenda()
        if wanted in (None, ahead.script) and rights.may_watch(join("script", ahead.script))
    ]
    found = await asyncio.to_thread(preview, hooks, to, limit)
    return json_response({"now": now, "hooks": [_told(each) for each in found]})


def _told(fires: Fires) -> dict[str, Any]:
    ahead = fires.ahead
    return {
        "script": ahead.script,
        "hook": ahead.hook,
        "zone": str(ahead.zone),
        "usual": ahead.usual,
        "times": [{"at": at, "skipped": words} for at, words in fires.times],
        "more": fires.more,
    }
