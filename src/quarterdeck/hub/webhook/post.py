"""One POST to the receiver: in a thread of its own, so that the hub waits for neither a name server nor a receiver."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import ssl
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from quarterdeck.hub.webhook.deliveries import Answer
from quarterdeck.version import __version__

if TYPE_CHECKING:
    from urllib.request import OpenerDirector

QUIET_SECONDS = 10.0
"""How long the receiver may be silent."""
ALL_SECONDS = 20.0
"""How long a try may take in all, the search for its address included."""


def shown(url: str) -> str:
    """What may be shown of the address: the rest of it is the receiver's secret."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")


async def post(url: str, body: dict[str, Any]) -> Answer:
    """Send a message; never raises for what the receiver or the network does."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Answer] = loop.create_future()
    data = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")

    def settle(answer: Answer) -> None:
        if not done.done():
            done.set_result(answer)

    def work() -> None:
        answer = try_once(url, data)
        with contextlib.suppress(RuntimeError):  # the hub has ended meanwhile
            loop.call_soon_threadsafe(settle, answer)

    # A daemon, which a hub that ends does not wait for.
    threading.Thread(target=work, name="webhook", daemon=True).start()
    try:
        return await asyncio.wait_for(done, ALL_SECONDS)
    except TimeoutError:
        return Answer(f"it did not answer within {ALL_SECONDS:g} s")


def try_once(url: str, data: bytes) -> Answer:
    """POST, and read how it was answered; blocks.  Redirects are not followed, TLS is verified."""
    from urllib.error import HTTPError, URLError  # noqa: PLC0415  # a hub without a webhook needs none of it
    from urllib.request import Request  # noqa: PLC0415

    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": f"Quarterdeck/{__version__}"}
    try:
        with opener().open(Request(url, data, headers, method="POST"), timeout=QUIET_SECONDS):
            return Answer()
    except HTTPError as error:
        with error:
            moved = " (redirects are not followed)" if 300 <= error.code < 400 else ""
            return Answer(f"it answered {error.code}{moved}", error.code, _wait(error.headers.get("Retry-After")))
    except URLError as error:
        return Answer(_words(error.reason))
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Answer(_words(error))


def opener() -> OpenerDirector:
    """HTTP and HTTPS and the machine's proxies, and nothing else that urllib knows."""
    from urllib import request  # noqa: PLC0415

    made = request.OpenerDirector()
    for handler in (
        request.ProxyHandler(),
        request.HTTPHandler(),
        request.HTTPSHandler(context=ssl.create_default_context()),
        request.HTTPErrorProcessor(),
        request.HTTPDefaultErrorHandler(),
    ):
        made.add_handler(handler)
    return made


def _wait(text: str | None) -> float:
    """``Retry-After`` in seconds; a date is left to our own pauses."""
    return float(text) if text and text.isascii() and text.isdigit() else 0.0


def _words(error: object) -> str:
    """Why there was no answer, without the address: libraries put it into their words."""
    if isinstance(error, TimeoutError):
        return f"it was silent for {QUIET_SECONDS:g} s"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {error.verify_message}"
    if isinstance(error, OSError) and error.strerror:
        return f"it cannot be reached: {error.strerror}"
    return f"it cannot be reached: {type(error).__name__}"
