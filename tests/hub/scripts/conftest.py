"""A deck whose time, processes, workers and files are played, so that a history of hours is a test of milliseconds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from tests.hub.scripts.played_loop import PlayedLoop
from tests.hub.scripts.played_worker import PlayedProcess, PlayedWorker

from quarterdeck.core.fold import TopicState, check, unfold
from quarterdeck.core.plain import check_values
from quarterdeck.core.topics import check_topic, is_under, join
from quarterdeck.hub.retention.limits import Limits
from quarterdeck.hub.scripts import ScriptService, limits
from quarterdeck.hub.scripts.finder import Finder, Found
from quarterdeck.kinds import all_kinds, kind_of
from quarterdeck.store.contract import Commit, Page, TopicChange
from quarterdeck.store.memory import MemoryStore
from quarterdeck.store.query import Query
from quarterdeck.testing.clock import FakeClock

if TYPE_CHECKING:
    pass


class PlayedBoard:
    """Folds and stores at once, so that everything is committed."""

    def __init__(self, store: MemoryStore) -> None:
        self.store = store
        self.named: list[tuple[str, str, str | None]] = []
        self.listeners: list[tuple[str, Callable[[str, list[Any], str | None], None]]] = []

    def publish(
        self,
        topic: str,
        ops: list[Any],
        *,
        at: int | None = None,
        name: str | None = None,
        by: str | None = None,
        data: Any = None,
    ) -> None:
        kind = kind_of(topic)
        state = self.state(topic)
        if kind and state is None and ops and ops[0] != ["drop"]:
            ops = [*kind.birth(), *ops]
        check_topic(topic)
        check_values(ops)
        check(state or TopicState(), ops)
        self.store.commit(Commit(changes=[TopicChange(topic, kind.name if kind else None, ops)]))
        if name:
            self.named.append((topic, name, by))
        for prefix, listener in list(self.listeners):
            if is_under(topic, prefix):
                listener(topic, ops, name)

    def rename(self, topic: str, new: str, ops: list[Any]) -> None:
        state, kind = self.store.load(topic), kind_of(new)
        if state is not None:
            birth = kind.birth() if kind else []
            begins = TopicChange(new, kind.name if kind else None, [*birth, *unfold(state), *ops])
            ends = TopicChange(topic, begins.kind, [["drop"]])
            self.store.commit(Commit(moves=[(topic, new)], changes=[begins, ends]))

    def end(self, topics: Iterable[str]) -> None:
        for topic in topics:
            self.publish(topic, [["drop"]])

    def state(self, topic: str) -> TopicState | None:
        found = self.store._states.get(topic)
        return found[1] if found else None

    def listen(self, prefix: str, callback: Callable[[str, list[Any], str | None], None]) -> Callable[[], None]:
        self.listeners.append((prefix, callback))
        return lambda: self.listeners.remove((prefix, callback))

    async def committed(self) -> None:
        await asyncio.sleep(0)

    async def list(self, query: Query) -> Page:
        return self.store.topics(query)

    def record(self, collection: str, key: str, value: Any) -> None:
        self.store.commit(Commit(records={(collection, key): value}))

    def records(self, collection: str) -> dict[str, Any]:
        return self.store.records(collection)

    def beyond(self, query: Query, keep: int) -> list[str]:
        return self.store.beyond(query, keep)

    def count(self, query: Query) -> int:
        return self.store.count(query)

    def topics(self, query: Query, *, whole: bool = True) -> Page:
        return self.store.topics(query, whole=whole)


class Files:
    """A script's files: hooks by name as (seconds between runs, seconds a run takes)."""

    def __init__(self, setup: float | None = None, broken: str = "", **hooks: tuple[float, float]) -> None:
        self.setup = setup
        self.broken = broken
        self.hooks = hooks
        self.failing: set[str] = set()
        self.more: dict[str, dict[str, Any]] = {}  # what else each hook's plain form says
        self.silent = False  # the worker tells no end of a run
        self.grid: dict[str, Any] = {}
        self.version = f"v-{setup}-{broken}-{hooks}"


class PlayedFinder(Finder):
    def __init__(self, world: World) -> None:
        self.world = world
        self.changed = asyncio.Event()

    def look(self) -> dict[str, Found]:
        return {
            name: Found(name, self.world.folder / "scripts" / name, files.version)
            for name, files in self.world.files.items()
        }

    async def changes(self) -> AsyncIterator[dict[str, Found]]:
        while True:
            yield self.look()
            await self.changed.wait()
            self.changed.clear()


class World:
    """The deck: ``files`` are its scripts, ``ran`` the hooks that ran, ``board`` what is known of it all."""

    folder, scripts, logs = Path("/deck"), Path("/deck/scripts"), Path("/deck/.quarterdeck/logs")
    socket = Path("/deck/.quarterdeck/run/hub.sock")
    environments = Path("/deck/.quarterdeck/environments")
    zone: tzinfo = ZoneInfo("Europe/Berlin")
    limits = Limits()

    def __init__(self) -> None:
        self.calendars: dict[str, str] = {}
        self.pythons: dict[str, str] = {}
        self.clock = FakeClock()
        self.store = MemoryStore(all_kinds())
        self.board = PlayedBoard(self.store)
        self.files: dict[str, Files] = {}
        self.ran: list[tuple[str, str]] = []
        self.workers: dict[int, PlayedWorker] = {}
        self.service: ScriptService
        self.finder: PlayedFinder | None = None
        self.booted = 0.0
        self.mute = False  # workers that start do not connect
        self._pids = 100

    def enabled(self, script: str) -> bool:
        return script != "off"

    def memory(self, script: str) -> int | None:
        return None

    def python(self, script: str) -> str | None:
        return self.pythons.get(script)

    async def start_hub(self) -> None:
        self.finder = PlayedFinder(self)
        self.service = ScriptService(
            board=self.board,
            records=self.board,
            places=self,
            rules=self,
            clock=self.clock,
            keep=self,
            finder=self.finder,
            processes=self,
        )
        await self.service.start()

    async def kill_hub(self) -> None:
        """As kill -9 would: workers live and know of no hub."""
        await self.service.abandon()
        self.board.listeners.clear()
        for worker in self.workers.values():
            worker.service = None

    def write(self, script: str = "s", **files: Any) -> Files:
        """New or changed files: ``setup=seconds``, ``broken=words``, ``hook=(every, seconds it takes)``."""
        written = self.files[script] = Files(**files)
        if self.finder is not None:
            self.finder.changed.set()
        return written

    def delete(self, script: str = "s") -> None:
        del self.files[script]
        assert self.finder
        self.finder.changed.set()

    # the module hub/process.py

    def start(
        self, command: Sequence[str], environment: Mapping[str, str], folder: Path, output: Path
    ) -> PlayedProcess:
        self._pids += 1
        process = PlayedProcess(self._pids)
        token, script = environment["QUARTERDECK_SPAWN"], environment["QUARTERDECK_SCRIPT"]
        beside = environment.get("QUARTERDECK_BESIDE")
        record = self.board.records("beside")[beside] if beside else self.board.records("workers")[script]
        assert record["token"] == token, "the token has to be committed before the process starts"
        worker = self.workers[process.pid] = PlayedWorker(self, process, script, token, beside)
        if not self.mute:
            asyncio.get_running_loop().call_later(0.1, worker.connect, self.service)
        return process

    def find(self, pid: int, started: float | None = None) -> PlayedProcess | None:
        worker = self.workers.get(pid)
        return worker.process if worker and worker.process.alive() else None

    def boot_time(self) -> float:
        return self.booted

    def records(self, collection: str) -> dict[str, Any]:
        return self.board.records(collection)

    # what a test asks

    def worker(self, script: str = "s") -> PlayedWorker:
        return next(w for w in reversed(self.workers.values()) if w.script == script and w.beside is None)

    def hook(self, name: str, script: str = "s") -> dict[str, Any]:
        """What the script's topic says of one hook."""
        values = self.values(script)
        return {**values["hooks"][name], **values["lately"].get(name, {})}

    def values(self, script: str = "s") -> dict[str, Any]:
        state = self.store.load(join("script", script))
        return state.values if state else {}

    async def until(self, script: str = "s", **wanted: Any) -> None:
        """Let time pass until the script's topic says so."""
        told = asyncio.Event()
        forget = self.board.listen(join("script", script), lambda *_: told.set())
        try:
            async with asyncio.timeout(1000):
                while any(self.values(script).get(key) != value for key, value in wanted.items()):
                    told.clear()
                    await told.wait()
        except TimeoutError:
            raise AssertionError(f"{script} never became {wanted}, it is {self.values(script)}") from None
        finally:
            forget()
        await asyncio.sleep(0.01)

    def runs(self, **where: Any) -> list[dict[str, Any]]:
        found = [item.state.values for item in self.store.topics(Query(kind="run", order="due", limit=1000)).items]
        return [run for run in found if all(run.get(key) == value for key, value in where.items())]

    def counted(self, series: str, script: str = "s") -> int:
        """How many values a series of the script has."""
        cells = self.store.cells(join("script", script), series, "minute", 0, 2**62)
        return sum(cell[0] for cell in cells.values())

    def times(self, hook: str, script: str = "s") -> int:
        return self.ran.count((script, hook))


Play = Callable[[Callable[[World], Coroutine[Any, Any, None]]], None]


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Play:
    """Plays a history: an async function of a World. Workers' memory and output are looked at each minute only."""

    monkeypatch.setattr(limits, "OUTPUT_SECONDS", 60.0)
    monkeypatch.setattr(limits, "LOOK_SECONDS", 60.0)

    def run(history: Callable[[World], Awaitable[None]]) -> None:
        async def whole() -> None:
            try:
                await history(world)
            finally:
                await world.service.abandon()

        world = World()
        with asyncio.Runner(loop_factory=lambda: PlayedLoop(world.clock)) as runner:
            runner.run(whole())

    return run
