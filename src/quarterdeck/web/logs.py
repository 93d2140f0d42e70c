"""GET /api/logs/{topic}: the lines of a run, or of a script's day.  POST: a piece of the log of a program elsewhere."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

from starlette.routing import Route

from quarterdeck.core.ops import Refused
from quarterdeck.core.topics import check_topic
from quarterdeck.hub.logs import LINES, append_log, days_of, read_log
from quarterdeck.store.contract import StoreError
from quarterdeck.web import asked
from quarterdeck.web.answering import answering
from quarterdeck.web.errors import json_response

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from quarterdeck.web.served import Served

_OF_JOB = re.compile(r"job/\d{4}-\d\d-\d\d\.[^/.]+\.log")


def routes(hub: Served) -> list[BaseRoute]:
    """The routes of logs."""
    turn = asyncio.Lock()

    async def logs(request: Request) -> Response:
        return await _logs(hub, request)

    async def append(request: Request) -> Response:
        return await _append(hub, request, turn)

    return [
        Route("/api/logs/{topic:path}", answering(logs), methods=["GET"]),
        Route("/api/logs/{topic:path}", answering(append), methods=["POST"]),
    ]


async def _logs(hub: Served, request: Request) -> Response:
    """``from`` is a byte, ``limit`` a number of lines, ``q`` what they must contain; ``next`` is where to go on."""
    topic = check_topic(request.path_params["topic"])
    hub.accounts.rights(request.state.account).check_watch(topic)
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


async def _append(hub: Served, request: Request, turn: asyncio.Lock) -> Response:
    """``at`` is the byte where the piece stands; one at a time."""
    topic, board = check_topic(request.path_params["topic"]), hub.exchange.board
    if not hub.accounts.rights(request.state.account).may_patch(topic, board):
        raise Refused("forbidden", f"you may not write {topic}", "a producer writes the logs of jobs")
    name = str(_log_of(hub, topic, None)["file"])
    if not _is_own(topic, name):
        raise Refused("forbidden", f"{name!r} is not the log of {topic}", "a job's is called job/DATE.ID.log")
    at, piece = asked.number(request, "at") or 0, await request.body()
    try:
        async with turn:
            at = await asyncio.to_thread(append_log, hub.deck.logs, name, max(0, at), piece)
    except OSError as fault:
        hint = "Free some space on the disk of the deck, or look at its folder .quarterdeck/logs."
        raise StoreError("full", f"The log of {topic} cannot be written: {fault}.", hint) from fault
    return json_response({"at": at})


def _is_own(topic: str, name: str) -> bool:
    """Whether a log is that of the job alone, so that nobody writes into another's."""
    root, _, id = topic.partition("/")
    return root == "job" and _OF_JOB.fullmatch(name) is not None and name.endswith(f".{id}.log")


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
