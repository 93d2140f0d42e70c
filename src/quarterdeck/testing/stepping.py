"""A hub that moves by single steps: what is written, delivered and timed happens when the test says so."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from quarterdeck.hub.commits import Batch, Commits
from quarterdeck.hub.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable

    from quarterdeck.core.clock import Clock
    from quarterdeck.hub.exchange import Exchange
    from quarterdeck.hub.peers import Rights
    from quarterdeck.store.contract import Store

_T = TypeVar("_T")
# More turns of the loop than any chain of callbacks of a hub takes.
TURNS = 40


async def settled() -> None:
    """Let everything happen that does not wait for time, a disk or a peer."""
    for _ in range(TURNS):
        await asyncio.sleep(0)


class SteppedTimers:
    """The board's clock; what is due is called by ``advance``, unless its hub has died."""

    def __init__(self) -> None:
        self.now = 100.0
        self._calls: list[tuple[float, Callable[[], object]]] = []

    def time(self) -> float:
        """Seconds."""
        return self.now

    def call_soon(self, callback: Callable[[], object], /) -> asyncio.Handle:
        """Call it with the next ``advance``."""
        return self.call_at(self.now, callback)

    def call_at(self, when: float, callback: Callable[[], object], /) -> asyncio.TimerHandle:
        """Call it as soon as it is that late."""
        self._calls.append((when, callback))
        return asyncio.TimerHandle(when, lambda: None, (), asyncio.get_running_loop())

    def forget(self) -> None:
        """The hub has died."""
        self._calls.clear()

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds
        due = [callback for when, callback in self._calls if when <= self.now]
        self._calls = [entry for entry in self._calls if entry[0] > self.now]
        for callback in due:
            callback()


class SteppedCommits(Commits):
    """Commits begin with ``start`` and are durable with ``finish``."""

    def __init__(self, store: Store, clock: Clock) -> None:
        super().__init__(store, clock)
        self._behind: list[Callable[[], None]] = []

    @property
    def busy(self) -> bool:
        """Whether anything at all is not durable yet."""
        return bool(self._collecting) or self._writing is not None

    def start(self) -> None:
        """Let the next commit collect what comes from now on."""
        if self._writing is None and self._collecting:
            self._writing, self._collecting = self._collecting, Batch()

    def finish(self) -> bool:
        """Write what ``start`` has closed; whether there was anything."""
        batch = self._writing
        if batch is None:
            return False
        self._store.commit(self._commit_of(batch))
        self._writing = None
        batch.resolve()
        behind, self._behind = self._behind, []
        for turn in behind:
            turn()
        return True

    def run(self, work: Callable[[], _T]) -> asyncio.Future[_T]:
        """Run ``work`` now, or, if a commit has been started, right behind it."""
        done: asyncio.Future[_T] = asyncio.get_running_loop().create_future()
        turn = partial(_answer, done, work)
        if self._writing is None:
            turn()
        else:
            self._behind.append(turn)
        return done

    def _begin(self) -> None:
        """Nothing begins by itself."""


def _answer(done: asyncio.Future[_T], work: Callable[[], _T]) -> None:
    if not done.cancelled():
        done.set_result(work())


ACCOUNT = "tester"
"""Whose connections these are."""


class Connection:
    """A session without a wire. ``take(text)`` gets each message of the hub; while ``slow`` nothing is read.

    While the hub holds it, what was said stays where it is; ``held`` says so.
    """

    def __init__(self, exchange: Exchange, rights: Rights, take: Callable[[str], None]) -> None:
        self._take = take
        self._inbox: asyncio.Queue[bytes] = asyncio.Queue()
        self._reads = asyncio.Event()
        self._reads.set()
        self._flows = asyncio.Event()
        self._flows.set()
        self._session = Session(exchange, self._send, rights, ACCOUNT, write=self._write, inflow=self)
        self._task = asyncio.get_running_loop().create_task(self._session.run(self._read()))

    @property
    def slow(self) -> bool:
        """Whether the other side does not read."""
        return not self._reads.is_set()

    @slow.setter
    def slow(self, value: bool) -> None:
        if value:
            self._reads.clear()
        else:
            self._reads.set()

    @property
    def held(self) -> bool:
        """Whether the hub leaves what comes with the system."""
        return not self._flows.is_set()

    def hold(self) -> None:
        """See ``Inflow``."""
        self._flows.clear()

    def release(self) -> None:
        """See ``Inflow``."""
        self._flows.set()

    def say(self, message: bytes) -> None:
        """A message to the hub."""
        self._inbox.put_nowait(message)

    def drop(self) -> None:
        """The connection breaks, once it has begun."""
        asyncio.get_running_loop().call_soon(self._task.cancel)

    async def cut(self) -> None:
        """The connection breaks; what is under way in either direction is lost."""
        self.drop()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _send(self, text: str) -> None:
        await self._reads.wait()
        self._take(text)

    def _write(self, text: str) -> bool:
        if self.slow:
            return False
        self._take(text)
        return True

    async def _read(self) -> None:
        while True:
            message = await self._inbox.get()
            await self._flows.wait()
            await self._session.receive(message)
