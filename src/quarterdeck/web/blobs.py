"""PUT and GET /api/blobs/{sha256}: files that states name, taken in and given out as streams.

What was put may be anything, and anybody's: it is never a page of the hub's origin.  A browser that is led to one gets
a download; as an image it shows, and its scripts are not run; and were it shown as a page all the same, it would be in
a sandbox, which is an origin of its own.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.responses import FileResponse, Response
from starlette.routing import Route

from quarterdeck.core.blobs import is_sha256
from quarterdeck.core.ops import Refused
from quarterdeck.web.answering import answering
from quarterdeck.web.errors import json_response

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from quarterdeck.web.served import Served

_LOOKED_AT = 1024  # bytes of a file that say what kind it is
_IMAGES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
)
_GUARDED = {
    "content-disposition": "attachment",
    "content-security-policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    # A copy is asked about each time: who logs out, or may not see it any more, has nothing of it.
    "cache-control": "private, no-cache",
}


def routes(hub: Served) -> list[BaseRoute]:
    """The routes of blobs."""

    async def put(request: Request) -> Response:
        return await _put(hub, request)

    async def get(request: Request) -> Response:
        return await _get(hub, request)

    return [
        Route("/api/blobs/{sha256}", answering(put), methods=["PUT"]),
        Route("/api/blobs/{sha256}", answering(get), methods=["GET"]),
    ]


async def _put(hub: Served, request: Request) -> Response:
    """Take a file in, a part at a time; the same again has no effect."""
    incoming = await asyncio.to_thread(hub.blobs.receive, _asked(request))
    try:
        async for part in request.stream():
            await asyncio.to_thread(incoming.write, part)
        await asyncio.to_thread(incoming.finish)
    except BaseException:
        incoming.abandon()
        raise
    return json_response({"sha256": request.path_params["sha256"], "size": incoming.size})


async def _get(hub: Served, request: Request) -> Response:
    sha256 = _asked(request)
    path = hub.blobs.path(sha256)
    if not await _may_read(hub, request, sha256) or not path.is_file():
        raise Refused("missing", f"there is no blob {sha256}", "the state of its topic names the one that is there")
    headers = {**_GUARDED, "etag": f'"{sha256}"'}
    if headers["etag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return FileResponse(path, media_type=await asyncio.to_thread(type_of, path), headers=headers)


async def _may_read(hub: Served, request: Request, sha256: str) -> bool:
    """Whether a state names it that this account may watch."""
    rights, exchange = hub.accounts.rights(request.state.account), hub.exchange
    if rights.may_watch(""):
        return True
    for _ in range(2):
        if any(map(rights.may_watch, await asyncio.to_thread(exchange.store.naming, sha256))):
            return True
        # Who has just seen the state may ask sooner than it is in the store.
        await exchange.board.committed(patient=False)
    return False


def _asked(request: Request) -> str:
    sha256: str = request.path_params["sha256"]
    if not is_sha256(sha256):
        raise Refused("malformed", f"{sha256[:80]!r} is no SHA-256", "a blob is named by 64 hex digits, letters small")
    return sha256


def type_of(path: Path) -> str:
    """An image's type by its first bytes, whatever it was said to be; all else is bytes to download."""
    with path.open("rb") as file:
        head = file.read(_LOOKED_AT)
    for magic, kind in _IMAGES:
        if head.startswith(magic):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:12] in (b"ftypavif", b"ftypavis"):
        return "image/avif"
    return "image/svg+xml" if head.lstrip().startswith(b"<") and b"<svg" in head else "application/octet-stream"
