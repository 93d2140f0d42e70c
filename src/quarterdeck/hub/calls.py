"""Calls: to the peer that claims the topic, or to a part of the hub; each has a deadline and runs once an id."""

from __future__ import annotations

import asyncio
import logging
import secrets
from typing import TYPE_CHECKING, Any, Protocol

from quarterdeck.core.ops import Refused
from quarterdeck.core.topics import is_under
from quarterdeck.errors import QuarterdeckError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from quarterdeck.hub.frames import Args, Frame
    from quarterdeck.hub.peers import Peer, Peers

    Handler = Callable[[str, str, Args, str | None], Awaitable[Any]]


class Committed(Protocol):
    """Waits until all so far is durable; if not ``patient``, raises StoreError if it cannot be made so now."""

    def __call__(self, *, patient: bool = True) -> Awaitable[None]: ...


TIMEOUT = 30.0
_REMEMBERED = 1000
_log = logging.getLogger(__name__)


class CallFailed(QuarterdeckError):
    """A call that was not answered as wished. ``code`` is unclaimed, no-answer, failed, or the answering side's own.

    ``error`` is the error as the answering side gave it, with whatever more it said.
    """

    def __init__(self, code: str, message: str, hint: str = "", error: dict[str, Any] | None = None) -> None:
        super().__init__(code, message, hint)
        self.error = {**(error or {}), "code": code, "message": message, "hint": hint}


class Calls:
    """Passes calls on and waits for their replies."""

    def __init__(self, peers: Peers, now: Callable[[], int], committed: Committed) -> None:
        self._peers = peers
        self._now = now
        self._committed = committed
        self._handlers: list[tuple[str, Handler, tuple[str, ...]]] = []
        self._waiting: dict[str, tuple[str, Frame, asyncio.Future[Any]]] = {}
        self._asked: dict[tuple[str, str], asyncio.Task[Any]] = {}
        peers.listen(self._on_peer)

    def serve(self, prefix: str, handler: Handler, names: tuple[str, ...] = ()) -> Callable[[], None]:
        """Answer calls under ``prefix`` by ``await handler(topic, name, args, by)``, which may raise Refused.

        A handler goes before peers, the nearest prefix before others; with ``names`` it takes these calls only. Returns
        what ends it.
        """
        entry = (prefix, handler, names)
        self._handlers.append(entry)
        return lambda: self._handlers.remove(entry) if entry in self._handlers else None

    async def call(
        self,
        topic: str,
        name: str,
        args: Args | None = None,
        *,
        by: str | None = None,
        timeout: float = TIMEOUT,
    ) -> Any:
        """The result of a call, when all it has done is durable; ``timeout`` in seconds. Raises CallFailed."""
        served = [entry for entry in self._handlers if not entry[2] or name in entry[2]]
        found = [entry for entry in served if is_under(topic, entry[0])]
        if not found:
            result = await self.call_peer(topic, name, args, by=by, timeout=timeout)
        else:
            handler = max(found, key=lambda entry: len(entry[0]))[1]
            result = await _answered(handler(topic, name, args or {}, by), topic, name, timeout)
        await self._committed(patient=False)
        return result

    async def call_peer(
        self,
        topic: str,
        name: str,
        args: Args | None = None,
        *,
        by: str | None = None,
        timeout: float | None = TIMEOUT,
    ) -> Any:
        """The result from the peer that claims the topic; without a ``timeout`` it may take its time."""
        peer = self._peers.owner(topic)
        if peer is None:
            raise CallFailed("unclaimed", f"nobody answers calls on {topic}", "is its program running and connected?")
        id = secrets.token_hex(10)
        frame: Frame = {"t": "call", "id": id, "topic": topic, "name": name, "args": args or {}}
        if timeout is not None:
            frame["deadline"] = self._now() + round(timeout * 1e6)
        if by is not None:
            frame["by"] = by
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[id] = (peer.id, frame, future)
        try:
            await self._committed(patient=timeout is None)
            peer.send(frame)
            return await _answered(future, topic, name, timeout)
        finally:
            del self._waiting[id]

    async def once(
        self, caller: str, id: str, topic: str, name: str, args: Args, *, by: str | None, timeout: float
    ) -> Any:
        """The same as ``call``, but the same id from the same caller is one call, however often it comes."""
        task = self._asked.get((caller, id))
        if task is None:
            task = asyncio.create_task(self.call(topic, name, args, by=by, timeout=timeout))
            self._asked[caller, id] = task
            if len(self._asked) > _REMEMBERED:
                self._forget()
        return await asyncio.shield(task)

    def reply(self, peer: Peer, frame: Frame) -> None:
        """A reply has come; of a call that nobody waits for any longer, or that was another's, it means nothing."""
        waiting = self._waiting.get(frame["id"])
        if waiting is None or waiting[0] != peer.id or waiting[2].done():
            return
        error = frame.get("error")
        if error is None:
            waiting[2].set_result(frame.get("result"))
            return
        code, message, hint = (str(error.get(key) or "") for key in ("code", "message", "hint"))
        waiting[2].set_exception(CallFailed(code or "failed", message or "the call failed", hint, error))

    def _on_peer(self, peer: Peer, here: bool) -> None:
        """Who comes back may not have got its calls; whoever got them knows their ids."""
        if here:
            for owner, frame, future in list(self._waiting.values()):
                if owner == peer.id and not future.done():
                    peer.send(frame)

    def _forget(self) -> None:
        for key in [key for key, task in self._asked.items() if task.done()][: _REMEMBERED // 2]:
            del self._asked[key]


async def _answered(answer: Awaitable[Any], topic: str, name: str, timeout: float | None) -> Any:
    try:
        async with asyncio.timeout(timeout):
            return await answer
    except TimeoutError:
        message = f"{topic} did not answer {name!r} within {timeout:g} s"
        raise CallFailed("no-answer", message, "it may be busy; try again, or look at its log") from None
    except Refused as refused:
        raise CallFailed(refused.code, refused.message, refused.hint) from refused
    except QuarterdeckError as error:
        if isinstance(error, CallFailed):
            raise
        raise CallFailed(error.code, error.message, error.hint) from error
    except Exception as fault:
        _log.exception("the call %r on %s failed", name, topic)
        raise CallFailed("failed", f"{name!r} on {topic} failed: {fault!r}", "the hub's log has the details") from fault
