"""The page's files, from an index made at the start: what is asked for is looked up, never joined to a path."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import mimetypes
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse, Response

from quarterdeck.web.errors import error_response
from quarterdeck.web.forwarded import prefix_of

if TYPE_CHECKING:
    from starlette.requests import Request

STATIC = Path(__file__).parent / "static"
_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"
_INDEX = "/index.html"
_PLACES = 16
_WORTH_IT = 1024  # bytes; below, gzip gains nothing
_LARGE = 1 << 18  # bytes; above, gzip takes longer than others should wait
FRAMED = {
    # What scripts made is drawn under /framed/, in a sandbox: an origin of its own, which may load what lies there and
    # nothing else.  Plotly puts its styles into elements, so these are allowed.
    "content-security-policy": "sandbox allow-scripts; default-src 'none'; script-src 'self'; "
    "style-src 'self' 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'",
    "x-frame-options": "SAMEORIGIN",
    "cross-origin-resource-policy": "cross-origin",
}
_UNBUILT = """<!doctype html><html lang="en"><title>Quarterdeck</title>
<p>The hub runs, but its page was not built. In the checkout: <code>make page</code>, then start it again.</p></html>"""


class File:
    """One file of the page, read at the start and compressed when it is first asked for."""

    def __init__(self, content: bytes, name: str) -> None:
        self.content = content
        self.type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        self.etag = f'"{hashlib.sha256(self.content).hexdigest()[:20]}"'
        # The build puts a hash of the content into these names.
        self.cache = _FOR_EVER if name.startswith("/assets/") else _ASK_AGAIN
        self._more = FRAMED if name.startswith("/framed/") else {}
        self._compressed: bytes | None = None

    async def answer(self, request: Request) -> Response:
        """The file, compressed if the browser takes that; 304 if it has it."""
        headers = {"etag": self.etag, "cache-control": self.cache, "vary": "accept-encoding", **self._more}
        if request.headers.get("if-none-match") == self.etag:
            return Response(status_code=304, headers=headers)
        content = self.content
        if len(content) >= _WORTH_IT and "gzip" in request.headers.get("accept-encoding", ""):
            if self._compressed is None and len(content) >= _LARGE:
                self._compressed = await asyncio.to_thread(self._gzipped)
            content, headers["content-encoding"] = self._gzipped(), "gzip"
        return Response(content, headers=headers, media_type=self.type)

    def _gzipped(self) -> bytes:
        if self._compressed is None:
            self._compressed = gzip.compress(self.content, 9, mtime=0)
        return self._compressed


class Pages:
    """All files of the page; an address without a file is one of the page's own and gets ``index.html``."""

    def __init__(self, folder: Path = STATIC) -> None:
        found = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
        names = ("/" + path.relative_to(folder).as_posix() for path in found)
        self._files = {name: File(path.read_bytes(), name) for name, path in zip(names, found, strict=True)}
        self._index = lru_cache(_PLACES)(self._index_at)

    async def answer(self, request: Request) -> Response:
        """The endpoint of every path that is no other's."""
        path = request.scope["path"]
        file = self._files.get(path)
        if file is not None and path != _INDEX:
            return await file.answer(request)
        if file is None and (
            path.startswith(("/api/", "/assets/", "/framed/")) or ("." in path and path.count("/") == 1)
        ):
            return error_response(404, "not-found", "There is nothing here.", "docs/reference.md says what there is.")
        index = self._index(prefix_of(request.scope))
        return await index.answer(request) if index else HTMLResponse(_UNBUILT, 503)

    def _index_at(self, prefix: str) -> File | None:
        """``index.html`` where the page lies below this path: what it names is found from every address of the page."""
        index = self._files.get(_INDEX)
        return index and File(index.content.replace(b'="./', f'="{prefix}/'.encode()), _INDEX)
