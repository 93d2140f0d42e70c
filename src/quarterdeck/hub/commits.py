"""What was accepted and is not durable yet: collected, merged, and written by one thread, a commit at a time.

While one commit is written, the next one collects, so however fast events come, what waits is bounded by state.  The
first change after quiet waits at most ``delay`` for company, and not at all if somebody waits for it (``committed``);
under lasting load commits keep a ``gap`` between their beginnings.  A commit that fails is tried again until it
succeeds: nothing that comes after it is written before it.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from quarterdeck.core.begin import Begun
from quarterdeck.core.merge import Pending
from quarterdeck.kinds import kind_of
from quarterdeck.store.contract import Commit, StoreError, TopicChange

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from quarterdeck.core.clock import Clock
    from quarterdeck.store.contract import NamedEvent, Operation, Store

_log = logging.getLogger(__name__)
_T = TypeVar("_T")
DELAY = 0.1
"""Seconds that a change may wait for others before it is written."""
GAP = 0.01
"""Seconds from one commit to the next under lasting load: so many changes share the cost of a commit."""
SPARE = 20
"""Commits that may follow each other at once before that; each gap without one gives one back."""
UPKEEP_US = 600_000_000
"""Microseconds between two looks for what is too old to keep."""
PAUSES = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
"""Seconds before each new attempt at a commit that failed; the last one repeats."""


class Batch:
    """What one commit will hold."""

    __slots__ = ("changes", "done", "events", "moves", "records", "streams")

    def __init__(self) -> None:
        self.changes: dict[str, Pending | Begun] = {}
        self.streams: dict[str, tuple[int, str]] = {}
        self.events: list[NamedEvent] = []
        self.records: dict[tuple[str, str], Any] = {}
        self.moves: list[tuple[str, str]] = []
        self.done: asyncio.Future[None] | None = None

    def __bool__(self) -> bool:
        return bool(self.changes or self.streams or self.events or self.records or self.moves)

    def resolve(self, failure: StoreError | None = None) -> None:
        """Tell those who wait how it ended."""
        if self.done is None or self.done.done():
            return
        if failure is None:
            self.done.set_result(None)
        else:
            self.done.set_exception(failure)
            # Read once, so that nobody is blamed if those who waited have gone.
            self.done.exception()


class Commits:
    """The commit loop of a hub.  All methods belong to the event loop's thread.

    ``failure`` is why the last attempt failed, None while all is well; ``on_health`` is told when it changes,
    ``on_commit`` of each commit's seconds and number of topics.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        delay: float = DELAY,
        gap: float = GAP,
        pauses: Sequence[float] = PAUSES,
        on_health: Callable[[StoreError | None], None] | None = None,
        on_commit: Callable[[float, int], None] | None = None,
    ) -> None:
        self.failure: StoreError | None = None
        self._store = store
        self._clock = clock
        self._delay = delay
        self._pauses = pauses
        self.on_health = on_health
        self._trouble: asyncio.Future[None] | None = None  # for those who wait for a first failure
        self.on_commit = on_commit
        self._thread = ThreadPoolExecutor(1, "quarterdeck-writer")
        self._name = secrets.token_hex(8)
        self._number = 0
        self._upkeep_due = clock.now() + UPKEEP_US // 10
        self._collecting = Batch()
        self._writing: Batch | None = None
        self._due = 0.0
        self._gap = gap
        self._spare = float(SPARE)
        self._last_turn = 0.0
        self._begun = asyncio.Event()
        self._urgent = asyncio.Event()
        self._closing = asyncio.Event()
        self._loop: asyncio.Task[None] | None = None

    def change(self, topic: str, ops: list[Operation]) -> None:
        """Hand over accepted operations, birth included; topics that are never stored are left out."""
        changes = self._collecting.changes
        pending = changes.get(topic)
        if pending is None:
            if not _is_stored(topic):
                return
            pending = changes[topic] = Pending(sized=False)
        elif isinstance(pending, Begun):
            begun = pending.unfold()
            pending = changes[topic] = Pending(sized=False)
            pending.merge(begun)
        pending.merge(ops)
        self._begin()

    def begin(self, topic: str, begun: Begun) -> None:
        """Hand over a topic that begins, as what it is now.  Most stay so until they are written."""
        if topic in self._collecting.changes:
            self.change(topic, begun.unfold())
        elif _is_stored(topic):
            self._collecting.changes[topic] = begun
            self._begin()

    def stream(self, id: str, last: int, answer: str) -> None:
        """Hand over a stream's last batch number and its answer (JSON text)."""
        self._collecting.streams[id] = (last, answer)
        self._begin()

    def event(self, event: NamedEvent) -> None:
        """Hand over a named event."""
        self._collecting.events.append(event)
        self._begin()

    def record(self, collection: str, key: str, value: Any) -> None:
        """Hand over a record; None removes it."""
        self._collecting.records[collection, key] = value
        self._begin()

    def move(self, topic: str, new: str) -> None:
        """The cells of a topic's series become those of another, which begins with this commit."""
        self._collecting.moves.append((topic, new))
        self._begin()

    def is_uncommitted(self, topic: str) -> bool:
        """Whether the store may not have the topic's newest state yet."""
        return topic in self._collecting.changes or (self._writing is not None and topic in self._writing.changes)

    def is_stream_uncommitted(self, id: str) -> bool:
        """Whether the store may not have the stream's last batch yet."""
        return id in self._collecting.streams or (self._writing is not None and id in self._writing.streams)

    def coming(self) -> asyncio.Future[None] | None:
        """Done when all that was handed over before is durable; None if it is.  Not to be cancelled.

        Nobody hurries: the commit comes when the delay is over or somebody waits for it.  Has StoreError as its
        exception if the hub closes without it.
        """
        batch = self._collecting or self._writing
        if batch is None or not batch:
            return None
        if batch.done is None:
            batch.done = asyncio.get_running_loop().create_future()
        return batch.done

    async def committed(self, *, patient: bool = True) -> None:
        """Wait until all that was handed over before is durable; raises StoreError if the hub closes without it.

        Not ``patient``: raises StoreError as soon as an attempt to write it fails; it is tried again all the same.
        """
        done = self.coming()
        if done is None:
            return
        if self._collecting:
            self._urgent.set()
        if not patient:
            await self._first_word(done)
        await asyncio.shield(done)

    async def _first_word(self, done: asyncio.Future[None]) -> None:
        """Wait until the batch is done, or nothing can be written."""
        while not done.done():
            if self.failure is not None:
                # A new one each time: one that is raised again and again collects all tracebacks.
                raise StoreError(self.failure.code, self.failure.message, self.failure.hint)
            if self._trouble is None:
                self._trouble = asyncio.get_running_loop().create_future()
            await asyncio.wait({done, self._trouble}, return_when=asyncio.FIRST_COMPLETED)

    def waiting(self, topic: str) -> list[Operation]:
        """What the next commit says of the topic so far, not to be changed; later events change it."""
        pending = self._collecting.changes.get(topic)
        if isinstance(pending, Begun):
            return pending.unfold()
        return [] if pending is None else pending.peek()

    def run(self, work: Callable[[], _T]) -> asyncio.Future[_T]:
        """Run ``work`` in the writer's thread, between two commits; it must be short.  This call decides its turn:
        what a commit took that has begun is in the store then, and nothing else."""
        return asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def close(self) -> None:
        """Write what is left, then end; raises StoreError if it cannot be written."""
        self._closing.set()
        self._urgent.set()
        if self._loop is not None:
            self._begun.set()
            await self._loop
        self._thread.shutdown()
        if self.failure is not None:
            raise self.failure

    def _begin(self) -> None:
        if self._begun.is_set():
            return
        self._begun.set()
        loop = asyncio.get_running_loop()
        self._due = loop.time() + self._delay
        if self._loop is None:
            self._loop = loop.create_task(self._commit_all(), name="commits")

    async def _commit_all(self) -> None:
        while self._collecting or not self._closing.is_set():
            await self._begun.wait()
            await _first_of(self._urgent, self._due)
            await self._take_turn()
            await self._write_next()
            if self.failure is not None:
                # The hub closes: what comes behind a batch that was not written must not be written either.
                self._collecting.resolve(self.failure)
                return

    async def _take_turn(self) -> None:
        """Let commits follow each other at once for a while, then a gap apart."""
        now = asyncio.get_running_loop().time()
        self._spare = min(self._spare + (now - self._last_turn) / self._gap, SPARE) - 1
        if self._spare < 0:
            await _first_of(self._closing, now - self._spare * self._gap)
        self._last_turn = now

    async def _write_next(self) -> None:
        batch = self._writing = self._collecting
        self._collecting = Batch()
        self._begun.clear()
        if not self._closing.is_set():
            self._urgent.clear()
        if batch:
            await self._write(batch, self._commit_of(batch))
        batch.resolve(self.failure)
        self._writing = None
        await self._keep_up()

    async def _write(self, batch: Batch, commit: Commit) -> None:
        attempt = 0
        while True:
            began = self._clock.monotonic()
            failure = await self.run(lambda: _attempt(self._store, commit))
            self._report(failure)
            if failure is None:
                if self.on_commit is not None:
                    self.on_commit(self._clock.monotonic() - began, len(batch.changes))
                return
            if self._closing.is_set():
                return
            pause = self._pauses[min(attempt, len(self._pauses) - 1)]
            await _first_of(self._closing, asyncio.get_running_loop().time() + pause)
            attempt += 1

    async def _keep_up(self) -> None:
        """Let go of a little of what is too old, after a commit now and then; soon again while there is more."""
        now = self._clock.now()
        if now < self._upkeep_due or self.failure is not None:
            return
        self._upkeep_due = now + UPKEEP_US
        try:
            if await self.run(lambda: self._store.expire(now)):
                self._upkeep_due = now + UPKEEP_US // 600
        except StoreError as failure:
            # The next commit meets the same trouble, and tells of it.
            _log.warning("what is too old could not be removed: %s", failure)

    def _commit_of(self, batch: Batch) -> Commit:
        self._number += 1
        return Commit(
            id=f"{self._name}-{self._number}",
            at=self._clock.now(),
            changes=[_change_of(topic, said) for topic, said in batch.changes.items()],
            streams=batch.streams,
            events=batch.events,
            records=batch.records,
            moves=batch.moves,
        )

    def _report(self, failure: StoreError | None) -> None:
        changed = (failure and failure.message) != (self.failure and self.failure.message)
        self.failure = failure
        if failure is not None and self._trouble is not None:
            self._trouble.set_result(None)
            self._trouble = None
        if changed and self.on_health is not None:
            self.on_health(failure)


async def _first_of(event: asyncio.Event, due: float) -> None:
    """Wait for the event, but no longer than until ``due`` (the loop's seconds)."""
    with suppress(TimeoutError):
        async with asyncio.timeout_at(due):
            await event.wait()


def _attempt(store: Store, commit: Commit) -> StoreError | None:
    """Commit in the writer's thread; why it failed, if it is worth another attempt."""
    try:
        _write_whole_or_in_parts(store, commit)
    except StoreError as failure:
        return failure
    return None


def _write_whole_or_in_parts(store: Store, commit: Commit) -> None:
    """What can never be written (a fault of ours let it in) must not stop everything else for ever."""
    try:
        store.commit(commit)
        return
    except StoreError:
        raise
    except Exception:
        _log.exception("a commit cannot be written whole, so its parts are written one by one; please report this")
    for part in _parts(commit):
        try:
            store.commit(part)
        except StoreError:
            raise
        except Exception:
            _log.exception("left out, as it can never be stored: %.500r", part)


def _parts(commit: Commit) -> Iterator[Commit]:
    """Each part of a commit, which has it no more once the next one is asked for; streams last."""
    while commit.moves:
        yield Commit(at=commit.at, moves=commit.moves[-1:])
        commit.moves.pop()
    while commit.changes:
        yield Commit(at=commit.at, changes=commit.changes[-1:])
        commit.changes.pop()
    while commit.events:
        yield Commit(at=commit.at, events=commit.events[-1:])
        commit.events.pop()
    for key, value in list(commit.records.items()):
        yield Commit(at=commit.at, records={key: value})
        del commit.records[key]
    yield Commit(id=commit.id, at=commit.at, streams=commit.streams)
    commit.streams.clear()


def _change_of(topic: str, said: Pending | Begun) -> TopicChange:
    kind = kind_of(topic)
    name = None if kind is None else kind.name
    return TopicChange(topic, name, [], said) if isinstance(said, Begun) else TopicChange(topic, name, said.peek())


def _is_stored(topic: str) -> bool:
    kind = kind_of(topic)
    return not topic.startswith("query/") if kind is None else kind.stored
