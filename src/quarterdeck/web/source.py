"""GET /api/source/{topic}: the files of a script, and the text of one of them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.routing import Route

from quarterdeck.core.ops import Refused
from quarterdeck.core.topics import check_topic, split
from quarterdeck.hub.scripts.source import files_at, read_source
from quarterdeck.web.answering import answering
from quarterdeck.web.errors import json_response

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from quarterdeck.hub.scripts.finder import Found
    from quarterdeck.web.served import Served


def routes(hub: Served) -> list[BaseRoute]:
    """The route of sources."""

    async def source(request: Request) -> Response:
        return await _source(hub, request)

    return [Route("/api/source/{topic:path}", answering(source), methods=["GET"])]


async def _source(hub: Served, request: Request) -> Response:
    """``file`` names one of the files; without it there is only their list."""
    topic, file = check_topic(request.path_params["topic"]), request.query_params.get("file")
    hub.accounts.rights(request.state.account).check_watch(topic)
    found = _found(hub, topic)
    try:
        files = await asyncio.to_thread(files_at, found.path)
        text = None if file is None else await asyncio.to_thread(read_source, found.path, file, hub.deck.folder)
    except OSError as error:
        hint = "look at it on the machine of the hub"
        raise Refused("missing", f"the files of {topic} cannot be read: {error.strerror}", hint) from None
    told = [each._asdict() for each in files]
    return json_response({"topic": topic, "version": found.version, "files": told, "file": file, "text": text})


def _found(hub: Served, topic: str) -> Found:
    parts = split(topic)
    found = hub.scripts.found(parts[1]) if len(parts) == 2 and parts[0] == "script" else None
    if found is None:
        raise Refused("missing", f"{topic} has no source", "scripts on deck have, by the names of their topics")
    return found
