"""/api/live/poll: what has changed since the poll before, for those who can hold neither a socket nor a stream.

GET asks for one watch and may wait; POST asks for any number of them at once, as frames, and is answered at once.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.responses import Response
from starlette.routing import Route

from quarterdeck.core.frames import check_frame
from quarterdeck.core.ops import Refused
from quarterdeck.errors import QuarterdeckError
from quarterdeck.hub.delivery.patches import encode
from quarterdeck.hub.delivery.viewer import Viewer
from quarterdeck.hub.session import LINGER, decode, error_reply
from quarterdeck.hub.watching import MAX_WATCHES, Watcher
from quarterdeck.web import asked
from quarterdeck.web.answering import answering
from quarterdeck.web.forwarded import prefix_of
from quarterdeck.web.leaving import left
from quarterdeck.web.watched import watch_frame

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from quarterdeck.hub.frames import Frame
    from quarterdeck.hub.peers import Rights
    from quarterdeck.web.served import Served

LONGEST_WAIT = 25.0


def routes(hub: Served) -> list[BaseRoute]:
    """The route of polls."""

    async def poll(request: Request) -> Response:
        return await _poll(hub, request)

    async def polls(request: Request) -> Response:
        return await _polls(hub, request)

    return [
        Route("/api/live/poll", answering(poll), methods=["GET"]),
        Route("/api/live/poll", answering(polls), methods=["POST"]),
    ]


async def _polls(hub: Served, request: Request) -> Response:
    """What each watch has to tell, one after the other: its frames, and last its reply, or why it is refused."""
    lines = (await request.body()).splitlines()
    if len(lines) > MAX_WATCHES:
        raise Refused("too-many", f"one poll has at most {MAX_WATCHES} watches", "poll for the others by themselves")
    frames = [_watch_of(line) for line in lines]
    rights = hub.accounts.rights(request.state.account)
    return _told("\n".join([await _polled(hub, frame, rights) for frame in frames]))


def _watch_of(line: bytes) -> Frame:
    frame: Frame = decode(line)
    if check_frame(frame) != "watch":
        raise Refused("malformed", f"a poll has a {frame['t']} in it", "send watch frames, one a line")
    return frame


async def _polled(hub: Served, frame: Frame, rights: Rights) -> str:
    watcher = Watcher(hub.exchange, Viewer(hub.exchange.board, hub.exchange.windows))
    try:
        return await watcher.watch(frame, rights)
    except (Refused, QuarterdeckError) as refusal:
        return error_reply(refusal, frame["id"])
    finally:
        watcher.close(LINGER)


def _told(text: str) -> Response:
    return Response(text + "\n", headers={"cache-control": "no-store"}, media_type="application/x-ndjson")


async def _poll(hub: Served, request: Request) -> Response:
    """The frames after ``epoch`` and ``after``, one a line; with ``wait`` an answer may take so many seconds.

    The last line is a reply with the seq to go on from. What is polled stays watched for a while, so that a poll in
    time gets patches.
    """
    frame = watch_frame(request)
    frame.update(epoch=request.query_params.get("epoch"), after=asked.number(request, "after"))
    # Whoever forwards a poll keeps one of its few workers busy with it.
    wait = 0 if prefix_of(request.scope) else min(asked.number(request, "wait") or 0, LONGEST_WAIT)
    rights = hub.accounts.rights(request.state.account)
    viewer = Viewer(hub.exchange.board, hub.exchange.windows)
    watcher = Watcher(hub.exchange, viewer)
    try:
        text = await watcher.watch(frame, rights)
        if wait and "\n" not in text:
            text = await _waited(request, viewer, text, wait)
    finally:
        watcher.close(LINGER)
    return _told(text)


async def _waited(request: Request, viewer: Viewer, reply: str, wait: float) -> str:
    """The next change, or the reply alone if there is none, or if its client may not hear of it any longer."""
    loop = asyncio.get_running_loop()
    gone, changed = loop.create_task(left(request)), loop.create_task(_change(viewer))
    try:
        await asyncio.wait({gone, changed}, timeout=wait, return_when=asyncio.FIRST_COMPLETED)
        return changed.result() if changed.done() and not gone.done() else reply
    finally:
        gone.cancel()
        changed.cancel()


async def _change(viewer: Viewer) -> str:
    while True:
        await viewer.wait()
        if found := await viewer.take():
            return f"{found}\n{encode({'t': 'reply', 'id': 'w', 'seq': viewer.seq})}"
