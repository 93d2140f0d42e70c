"""A deck whose time, processes, workers and files are played, so that a history of hours is a test of milliseconds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from datetime import tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.hub.scripts.played_loop import PlayedLoop

from quarterdeck.core.fold import TopicState, fold
from quarterdeck.core.plain import check_values
from quarterdeck.core.topics import check_topic, is_under, join
from quarterdeck.hub.scripts import ScriptService
from quarterdeck.hub.scripts.find import Finder, Found
from quarterdeck.kinds import all_kinds, kind_of
from quarterdeck.store.contract import Commit, Page, TopicChange
from quarterdeck.store.memory import MemoryStore
from quarterdeck.store.query import Query
from quarterdeck.testing.clock import FakeClock


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
        state = self.store.load(topic)
        if kind and state is None and ops and ops[0] != ["drop"]:
            ops = [*kind.birth(), *ops]
        check_topic(topic)
        check_values(ops)
        fold(state or TopicState(), ops)
        self.store.commit(Commit(changes=[TopicChange(topic, kind.name if kind else None, ops)]))
        if name:
            self.named.append((topic, name, by))
        for prefix, listener in list(self.listeners):
            if is_under(topic, prefix):
                listener(topic, ops, name)

    def state(self, topic: str) -> TopicState | None:
        return self.store.load(topic)

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


class PlayedProcess:
    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.started = float(pid)
        self.how = ""
        self.hang_up: Callable[[], None] = lambda: None
        self._watchers: list[Callable[[], None]] = []

    def alive(self) -> bool:
        return not self.how

    def kill(self) -> None:
        self.end("was killed by SIGKILL")

    def end(self, how: str) -> None:
        if not self.how:
            self.how = how
            asyncio.get_running_loop().call_later(0.001, self.hang_up)
            for watcher in list(self._watchers):
                asyncio.get_running_loop().call_soon(watcher)

    def ending(self) -> tuple[str, str]:
        return self.how, ""

    def when_ended(self, callback: Callable[[], None]) -> Callable[[], None]:
        self._watchers.append(callback)
        return lambda: self._watchers.remove(callback) if callback in self._watchers else None


class CallError(Exception):
    def __init__(self, **fields: Any) -> None:
        super().__init__(fields["message"])
        self.__dict__.update(fields)


class PlayedWorker:
    """A worker process: its hooks take the seconds that ``Files`` says, and it answers as ``worker/`` does."""

    def __init__(self, world: World, process: PlayedProcess, script: str, token: str) -> None:
        self.world, self.process, self.script, self.token = world, process, script, token
        self.loaded: str | None = None
        self.run: str | None = None
        self.setup = False
        self.ending = False
        self.service: ScriptService | None = None
        self.unsent: list[tuple[str, list[Any], str | None]] = []
        self.args: dict[str, Any] = {}
        self.told: list[tuple[str, Any]] = []
        process.hang_up = self.hang_up

    def connect(self, service: ScriptService) -> None:
        assert service.script_of(self.token) == self.script
        self.service = service
        service.connected(self.script, self, {"pid": self.process.pid, "loaded": self.loaded, "run": self.run})
        for event in self.unsent:
            self.world.board.publish(event[0], event[1], name=event[2])
        self.unsent = []

    def die(self, how: str) -> None:
        self.process.end(how)

    def hang_up(self) -> None:
        """The process has ended, and the system closes its connection."""
        if self.service is not None:
            self.service.disconnected(self.script, self)

    async def call(self, name: str, args: dict[str, Any]) -> Any:
        await asyncio.sleep(0.001)
        work = {"load": self._load, "run": self._run, "stop": self._stop, "input": self._input}[name](args)
        # A task of its own: the process goes on when the hub that called it is gone.
        self.task = asyncio.get_running_loop().create_task(work)
        return await asyncio.shield(self.task)

    async def _load(self, args: dict[str, Any]) -> Any:
        await asyncio.sleep(0.05)
        files = self.world.files[self.script]
        if files.broken:
            raise CallError(
                code="broken", message=files.broken, hint="mend it", traceback="Traceback", file="a.py", line=3
            )
        self.args = args
        self.loaded = args["version"]
        hooks = [
            {
                "name": hook,
                "kind": "schedule",
                "every": round(every * 1e6),
                "at": None,
                "aligned": False,
                **files.more.get(hook, {}),
            }
            for hook, (every, _) in files.hooks.items()
        ]
        return {
            "form": "panel",
            "grid": files.grid,
            "hooks": hooks,
            "setup": "setup" if files.setup else None,
            "unkept": [],
        }

    async def _run(self, args: dict[str, Any]) -> Any:
        self.run = args["run"]
        self.world.ran.append((self.script, args["hook"]))
        files = self.world.files[self.script]
        seconds = files.setup if args["hook"] == "setup" else files.hooks[args["hook"]][1]
        await asyncio.sleep(seconds or 0.0)
        if not self.process.alive():
            await asyncio.Event().wait()
        state = "failed" if args["hook"] in files.failing else "done"
        if not files.silent:
            self.tell(join("run", self.run), state, seconds or 0.0)
        self.run = None
        if self.ending:
            self.die("ended with exit code 0")
        return {"state": state}

    def tell(self, topic: str, state: str, seconds: float) -> None:
        ops = [["set", "state", state], ["set", "duration", round(seconds * 1e6)]]
        ops.append(["set", "ended", self.world.clock.now()])
        if self.service is None:
            self.unsent.append((topic, ops, f"run.{state}"))
        else:
            self.world.board.publish(topic, ops, name=f"run.{state}")

    async def _input(self, args: dict[str, Any]) -> Any:
        self.told.append((args["component"], args["value"]))
        return {}

    async def _stop(self, args: dict[str, Any]) -> Any:
        self.ending = True
        if self.run is None:
            self.die("ended with exit code 0")
        return {}


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
    keep_runs, keep_days = 1000, 0

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
        record = self.board.records("workers")[script]
        assert record["token"] == token, "the token has to be committed before the process starts"
        worker = self.workers[process.pid] = PlayedWorker(self, process, script, token)
        if not self.mute:
            asyncio.get_running_loop().call_later(0.1, worker.connect, self.service)
        return process

    def find(self, pid: int, started: float | None = None) -> PlayedProcess | None:
        worker = self.workers.get(pid)
        return worker.process if worker and worker.process.alive() else None

    def records(self, collection: str) -> dict[str, Any]:
        return self.board.records(collection)

    # what a test asks

    def worker(self, script: str = "s") -> PlayedWorker:
        return next(w for w in reversed(self.workers.values()) if w.script == script)

    def values(self, script: str = "s") -> dict[str, Any]:
        state = self.store.load(join("script", script))
        return state.values if state else {}

    async def until(self, script: str = "s", **wanted: Any) -> None:
        """Let time pass until the script's topic says so."""
        for _ in range(100_000):
            if all(self.values(script).get(key) == value for key, value in wanted.items()):
                return
            await asyncio.sleep(0.01)
        raise AssertionError(f"{script} never became {wanted}, it is {self.values(script)}")

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
def play() -> Play:
    """Plays a history: an async function of a World."""

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
