"""WS /api/live: the protocol of frames for browsers, and for whoever speaks WebSocket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import WebSocketRoute

from quarterdeck.core.frames import MAX_MESSAGE
from quarterdeck.core.ops import Refused
from quarterdeck.hub.session import Session
from quarterdeck.web.writing import WIRE

if TYPE_CHECKING:
    from starlette.routing import BaseRoute
    from starlette.types import Receive, Scope, Send

    from quarterdeck.web.served import Served


def routes(hub: Served) -> list[BaseRoute]:
    """The WebSocket's route."""
    return [WebSocketRoute("/api/live", Live(hub))]


class Live:
    """Speaks ASGI itself: what goes to hundreds of viewers many times a second passes no layer without need."""

    def __init__(self, hub: Served) -> None:
        self._hub = hub

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        account = scope["state"]["account"]
        if (await receive())["type"] != "websocket.connect":
            return
        await send({"type": "websocket.accept"})

        async def send_text(text: str) -> None:
            await send({"type": "websocket.send", "text": text})

        wire = scope.get("extensions", {}).get(WIRE)
        session = Session(
            self._hub.exchange,
            send_text,
            self._hub.accounts.rights(account),
            account.name,
            write=None if wire is None else wire.write,
            inflow=wire,
        )
        await session.run(_read(receive, session))


async def _read(receive: Receive, session: Session) -> None:
    while (message := await receive())["type"] == "websocket.receive":
        text = message.get("text") or message.get("bytes") or ""
        if len(text) > MAX_MESSAGE:
            await session.refuse(Refused("too-large", f"a message is over {MAX_MESSAGE} bytes", "send smaller batches"))
        else:
            await session.receive(text)
