"""PUT /api/blobs: the bytes of a blob, before the event that names it.  Loaded with the first one: http is heavy."""

from __future__ import annotations

import http.client
import io
import json
import os

from quarterdeck.core.ops import Refused
from quarterdeck.sdk.connection import bearing, below, connect
from quarterdeck.sdk.transport import Away, Denied

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

    from quarterdeck.sdk.blob import Blob

TIMEOUT = 60.0
TRIES = 3
"""How often a hub may break off before the blob is given up: it may find it too large, and not wait for the end."""


def put(url: str, token: str | None, blob: Blob) -> None:
    """Give the hub at ``url`` the bytes.  Raises Away or another OSError to try again, Refused to give up, Denied."""
    with _opened(blob) as content:
        status, text = _sent(url, token, blob, content)
    if status == 200:
        return
    try:
        error = json.loads(text)["error"]
        said, code, hint = error["message"], error["code"], error.get("hint", "")
    except (ValueError, KeyError, TypeError):
        said, code, hint = text[:200].decode("utf-8", "replace"), "blob", ""
    if status in (401, 403):
        raise Denied(f"the hub does not take our blobs: {said} {hint}".rstrip())
    if status in (400, 404, 413):
        raise Refused(code, f"{_called(blob)}: {said}", hint)
    raise Away(f"{said} (HTTP {status})", 1.0)


def _opened(blob: Blob) -> BinaryIO:
    """The bytes to read; Refused if the file is not there any more, or has changed its size."""
    if not isinstance(blob.source, str):
        return io.BytesIO(blob.source)
    try:
        file = open(blob.source, "rb")  # noqa: SIM115 - the caller closes it
    except OSError as error:
        raise Refused("blob", f"{_called(blob)} cannot be read: {error}", "leave the file until it was sent") from error
    if os.fstat(file.fileno()).st_size != blob["size"]:
        file.close()
        raise Refused(
            "blob", f"{_called(blob)} has changed before it was sent", "write each version to a file of its own"
        )
    return file


def _sent(url: str, token: str | None, blob: Blob, content: BinaryIO) -> tuple[int, bytes]:
    connection = connect(url, TIMEOUT)
    headers = bearing(token, {"Content-Type": "application/octet-stream", "Content-Length": str(blob["size"])})
    try:
        connection.connect()
        return _asked(connection, below(url, f"/api/blobs/{blob['sha256']}"), blob, content, headers)
    except http.client.HTTPException as error:
        raise Away(f"the hub's answer broke off: {error!r}") from error
    finally:
        connection.close()


def _asked(
    connection: http.client.HTTPConnection, path: str, blob: Blob, content: BinaryIO, headers: dict[str, str]
) -> tuple[int, bytes]:
    try:
        connection.request("PUT", path, content, headers)
        response = connection.getresponse()
        return response.status, response.read()
    except ConnectionError as error:
        blob.tries += 1
        if blob.tries < TRIES:
            raise
        hint = "is it larger than hub.blob_mb allows?"
        raise Refused("blob", f"{_called(blob)}: the hub broke off {TRIES} times", hint) from error


def _called(blob: Blob) -> str:
    return f"the blob {blob['name'] or blob['sha256'][:12]} of {blob['size']:,} bytes"
