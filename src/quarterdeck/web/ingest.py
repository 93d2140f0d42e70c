"""POST /api/frames: hello, then one batch; the answer is its acknowledgement, and carries calls."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from starlette.requests import ClientDisconnect, Request
from starlette.routing import Route

from quarterdeck.core.frames import MAX_MESSAGE, check_frame
from quarterdeck.core.ops import Refused
from quarterdeck.errors import QuarterdeckError
from quarterdeck.hub.session import check_hello, check_version, decode
from quarterdeck.hub.streams import Gap
from quarterdeck.web import asked
from quarterdeck.web.callable import CallablePeers
from quarterdeck.web.errors import client_left, error_of, error_response, json_response
from quarterdeck.web.leaving import left

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from quarterdeck.hub.frames import Frame
    from quarterdeck.hub.peers import Rights
    from quarterdeck.web.callable import CallablePeer
    from quarterdeck.web.served import Served


LONGEST_WAIT = 55.0


def routes(hub: Served) -> list[BaseRoute]:
    """The route of producers."""
    return [Route("/api/frames", Ingest(hub).post, methods=["POST"])]


class Ingest:
    """Takes batches over HTTP."""

    def __init__(self, hub: Served) -> None:
        self._hub = hub
        self._peers = CallablePeers(hub.exchange.peers)

    async def post(self, request: Request) -> Response:
        """One request of a producer."""
        try:
            body = await request.body()
            if len(body) > MAX_MESSAGE:
                hint = "send fewer events in one batch"
                return error_response(413, "too-large", f"a body is over {MAX_MESSAGE} bytes", hint)
            return await self._answer(request, body)
        except ClientDisconnect:
            return client_left()
        except Gap as gap:
            error = {"code": gap.code, "message": gap.message, "hint": gap.hint}
            return json_response({"error": error, "last": gap.last}, 409)
        except Refused as refused:
            return error_of(refused)
        except QuarterdeckError as failure:
            return error_of(failure, 503)

    async def _answer(self, request: Request, body: bytes) -> Response:
        account = request.state.account
        rights = self._hub.accounts.rights(account)
        batch = asked.number(request, "batch")
        wait = min(asked.number(request, "wait") or 0, LONGEST_WAIT)
        hello, replies, patches = _sorted(body, batch is not None)
        stream = request.query_params.get("stream") or hello.get("stream")
        if stream is None:
            raise Refused("no-stream", "the request names no stream", "add ?stream=ID, the same for all batches")
        peer = self._peers.greet(stream, hello, account.name, rights)
        for reply in replies:
            self._hub.exchange.calls.reply(peer, reply)
            peer.answered(reply["id"])
        board, failure = self._hub.exchange.board, self._hub.exchange.commits.failure
        if failure is not None and patches:
            return error_of(failure, 503)
        answer = self._accept(stream, batch, patches, rights, account.name)
        await board.committed(patient=False)
        calls = peer.take()
        if wait and not calls:
            calls = await _held(request, peer, wait)
        return json_response({**answer, "refused": [*answer["refused"], *peer.refused], "calls": calls})

    def _accept(self, stream: str, batch: int | None, patches: list[Any], rights: Rights, by: str) -> Frame:
        streams = self._hub.exchange.streams
        if batch is None:
            if patches:
                raise Refused("no-batch", "events came without a batch number", "add &batch=N, counting from 1")
            return {"acked": streams.last(stream, by), "refused": []}
        return streams.accept(stream, batch, patches, rights, by)


async def _held(request: Request, peer: CallablePeer, wait: float) -> list[Frame]:
    """Hold until a call comes, the time is up, or the client has gone; then calls stay for its next request."""
    loop = asyncio.get_running_loop()
    gone, called = loop.create_task(left(request)), loop.create_task(peer.called())
    try:
        await asyncio.wait({gone, called}, timeout=wait, return_when=asyncio.FIRST_COMPLETED)
        peer.gone = gone.done()
        return [] if peer.gone else peer.take()
    finally:
        gone.cancel()
        called.cancel()


def _sorted(body: bytes, numbered: bool) -> tuple[Frame, list[Frame], list[Any]]:
    """The hello, the replies to calls, and the events, of which the stream refuses those that are not well-formed."""
    hello: Frame = {}
    replies: list[Frame] = []
    patches: list[Any] = []
    for line in body.splitlines():
        if not line.strip():
            continue
        try:
            frame = decode(line)
            if type(frame) is dict and frame.get("t") == "patch":
                patches.append(frame)
                continue
            check_hello(frame, line)
            kind = check_frame(frame)
            if kind not in ("hello", "reply"):
                raise Refused("malformed", f"a {kind} has no place here", "send hello, patch and reply frames")
        except Refused as refused:
            if not numbered:
                raise
            patches.append(refused)
            continue
        if kind == "hello":
            check_version(frame)
            hello = frame
        elif frame.get("id") is not None:
            replies.append(frame)
    return hello, replies, patches
