"""A hub in the process of a test: the real exchange on a memory store, on a thread of its own; no port, no file."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from typing import TYPE_CHECKING, Any, TypeVar

from quarterdeck.core.state import copied
from quarterdeck.hub.clock import SystemClock
from quarterdeck.hub.commits import Commits
from quarterdeck.hub.exchange import Exchange
from quarterdeck.hub.peers import producer
from quarterdeck.kinds.installed import installed_kinds
from quarterdeck.sdk import default
from quarterdeck.sdk.client import Client
from quarterdeck.sdk.lines import encode_batch, encode_line, encode_lines
from quarterdeck.sdk.transport import Denied
from quarterdeck.store.memory import MemoryStore
from quarterdeck.store.query import MAX_LIMIT, Query
from quarterdeck.testing.stepping import ACCOUNT, Connection

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from quarterdeck.core.begin import Said
    from quarterdeck.sdk.blob import Blob
    from quarterdeck.sdk.outbox import Batch
    from quarterdeck.sdk.transport import Link

_T = TypeVar("_T")
PATIENCE = 10.0
"""Seconds after which a test fails rather than waits on."""
_ENDED = "the hub of this test has ended"


class LocalHub:
    """While it is entered, ``qd.topic`` and ``qd.connect`` speak to it, whatever address they are given.

    ``events`` are the named events so far, as (topic, name).  See ``quarterdeck.testing.hub``.
    """

    def __init__(self) -> None:
        self.events: list[tuple[str, str]] = []
        self.exchange: Exchange
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="quarterdeck-test-hub", daemon=True)
        self._client = Client(_Wire(self), name="test")

    def __enter__(self) -> LocalHub:
        self._thread.start()
        self.do(self._open())
        default.stand_in(self._client)
        return self

    def __exit__(self, *_: object) -> None:
        default.stand_in(None)
        self._client.close(PATIENCE)
        self.do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def state(self, topic: str) -> dict[str, Any] | None:
        """The topic's state, without its series, once all that was emitted has come; None if there is no such topic."""
        self._settle()
        return self.do(self._state(topic))

    def topics(self, kind: str) -> dict[str, dict[str, Any]]:
        """The state of every topic of this kind, without its series, once all that was emitted has come."""
        self._settle()
        return self.do(self._topics(kind))

    @property
    def refused(self) -> int:
        """How many events did not fit."""
        self._settle()
        return self._client.refused

    def do(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Run a coroutine on the hub's loop, which its parts belong to.  Raises ConnectionError if it has ended."""
        if self._loop.is_closed():
            work.close()
            raise ConnectionError(_ENDED)
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    def soon(self, callback: Callable[..., object], *args: Any) -> None:
        """Call something on the hub's loop.  Raises ConnectionError if it has ended, as a hub that is gone does."""
        try:
            self._loop.call_soon_threadsafe(callback, *args)
        except RuntimeError:
            raise ConnectionError(_ENDED) from None

    def _settle(self) -> None:
        if not self._client.flush(PATIENCE):
            raise TimeoutError(f"the hub of this test did not take everything within {PATIENCE:g} s")

    async def _open(self) -> None:
        store = MemoryStore(installed_kinds())
        self.exchange = Exchange(store, Commits(store, SystemClock(), delay=0.0), SystemClock(), "test")
        self.exchange.board.listen("", self._note)

    async def _close(self) -> None:
        await self.exchange.commits.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _state(self, topic: str) -> dict[str, Any] | None:
        state = self.exchange.board.state(topic)
        return None if state is None else copied(state.values)

    async def _topics(self, kind: str) -> dict[str, dict[str, Any]]:
        await self.exchange.commits.committed()
        page = self.exchange.store.topics(Query(kind=kind, limit=MAX_LIMIT))
        return {item.topic: item.state.values for item in page.items}

    def _note(self, topic: str, _ops: Said, name: str | None) -> None:
        if name is not None:
            self.events.append((topic, name))


class _Wire:
    """A connection without a wire; see ``sdk.transport.Transport``."""

    window = 4

    def __init__(self, hub: LocalHub) -> None:
        self._hub = hub
        self._connection: Connection | None = None

    def open(self, link: Link) -> int | None:
        """See Transport."""
        return self._hub.do(self._open(link))

    def send(self, batch: Batch | None, replies: list[dict[str, Any]]) -> None:
        """See Transport."""
        assert self._connection is not None
        if batch is not None:
            self._hub.soon(self._connection.say, encode_batch(batch))
        if replies:
            self._hub.soon(self._connection.say, encode_lines(replies))

    def put(self, _blob: Blob) -> None:
        """See Transport.  A test looks at states, and these have what there is to know of a blob."""

    def close(self) -> None:
        """See Transport."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(ConnectionError):  # it went with its hub
                self._hub.soon(connection.drop)

    def find(self) -> tuple[str, str | None]:
        """See Transport."""
        raise Denied("the hub of a test has no address: ask it for state() instead of watching")

    def forget(self) -> None:
        """See Transport.  The hub's thread is not in a forked child."""
        self._connection = None

    async def _open(self, link: Link) -> int:
        def take(text: str) -> None:
            for line in text.split("\n"):
                frame = json.loads(line)
                if frame["t"] != "hello":
                    link.receive(frame)

        self._connection = Connection(self._hub.exchange, producer("test"), take)
        self._connection.say(encode_line(link.hello))
        return self._hub.exchange.streams.last(link.hello["stream"], ACCOUNT)
