"""A worker's process that is played: it does its turns one after the other, as ``worker/`` does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from quarterdeck.core.ops import sets
from quarterdeck.core.topics import join
from quarterdeck.hub.scripts import ScriptService
from quarterdeck.worker.answers import Answers

if TYPE_CHECKING:
    from tests.hub.scripts.conftest import World

    from quarterdeck.sdk.calls import Call


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

    def __init__(
        self, world: World, process: PlayedProcess, script: str, token: str, beside: str | None = None
    ) -> None:
        self.world, self.process, self.script, self.token, self.beside = world, process, script, token, beside
        self.heard: dict[str, str | None] = {}
        self.loaded: str | None = None
        self.run: str | None = None
        self.agenda: list[dict[str, Any]] = []
        self.begun: list[str] = []  # in their order
        self.deaf = False  # no run that it is given reaches it
        self.calls = Answers()
        self.ending = False
        self.service: ScriptService | None = None
        self.unsent: list[tuple[str, list[Any], str | None]] = []
        self.args: dict[str, Any] = {}
        self.told: list[tuple[str, Any]] = []
        self.task: asyncio.Task[None] | None = None
        process.hang_up = self.hang_up

    def connect(self, service: ScriptService) -> None:
        assert service.script_of(self.token) == self.script
        self.service = service
        service.connected(self.script, self, self.state(), service.beside_of(self.script, self.token))
        unsent, self.unsent = self.unsent, []
        for event in unsent:
            self.publish(*event)

    def state(self) -> dict[str, Any]:
        held = [turn["run"] for turn in self.agenda]
        return {"pid": self.process.pid, "loaded": self.loaded, "run": self.run, "held": held}

    def die(self, how: str) -> None:
        self.process.end(how)

    def hang_up(self) -> None:
        """The process has ended, and the system closes its connection."""
        if self.service is not None:
            self.service.disconnected(self.script, self)

    async def call(self, name: str, args: dict[str, Any]) -> Any:
        await asyncio.sleep(0.001)
        if name == "run" and self.deaf:
            await asyncio.Event().wait()
        if name == "run":
            return await asyncio.shield(self._take(args["turns"]))
        calls = {"load": self._load, "recall": self._recall, "stop": self._stop, "input": self._input}
        work = {**calls, "store": self._hear}[name](args)
        return await asyncio.shield(asyncio.get_running_loop().create_task(work))

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

    def _take(self, turns: list[dict[str, Any]]) -> asyncio.Future[Any]:
        answered: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        call = SimpleNamespace(reply=lambda result: answered.cancelled() or answered.set_result(result))
        self.calls.expect(cast("Call", call), [turn["run"] for turn in turns])
        self.agenda = sorted(self.agenda + turns, key=lambda turn: (turn["cause"] != "setup", turn["due"]))
        if self.task is None or self.task.done():
            # A task of its own: the process goes on when the hub that called it is gone.
            self.task = asyncio.get_running_loop().create_task(self._work())
        return answered

    async def _recall(self, args: dict[str, Any]) -> Any:
        back = [turn["run"] for turn in self.agenda if turn["run"] in args["runs"]]
        self.agenda = [turn for turn in self.agenda if turn["run"] not in back]
        for run in back:
            self.calls.over(run)
        return {"runs": back}

    async def _work(self) -> None:
        while self.agenda and not self.ending:
            pause = (self.agenda[0]["due"] - self.world.clock.now()) / 1e6
            if pause > 0:
                await asyncio.sleep(min(pause, 0.01))
                continue
            await self._run(self.agenda.pop(0))
        if self.ending:
            self.die("ended with exit code 0")

    async def _run(self, turn: dict[str, Any]) -> None:
        self.run = run = turn["run"]
        self.begun.append(run)
        hook = turn["hook"]
        self.world.ran.append((self.script, hook))
        files = self.world.files[self.script]
        now = self.world.clock.now()
        fields = {"state": "running", "reason": "it was due", "started": now, "late": max(0, now - turn["due"])}
        fields["version"] = self.loaded
        self.tell(join("run", run), [["set", field, value] for field, value in fields.items()], None)
        seconds = files.setup if hook == "setup" else files.hooks[hook][1]
        await asyncio.sleep(seconds or 0.0)
        if not self.process.alive():
            await asyncio.Event().wait()
        state = "failed" if hook in files.failing else "done"
        ops = [["set", "state", state], ["set", "duration", round((seconds or 0.0) * 1e6)]]
        if not files.silent:
            self.tell(join("run", run), [*ops, ["set", "ended", self.world.clock.now()]], f"run.{state}")
        self.run = None
        self.calls.over(run, state=state)

    def tell(self, topic: str, ops: list[Any], name: str | None) -> None:
        if self.service is None:
            self.unsent.append((topic, ops, name))
        else:
            self.publish(topic, ops, name)

    def publish(self, topic: str, ops: list[Any], name: str | None) -> None:
        assert self.service
        self.world.board.publish(topic, [*sets(**(self.service.given(self.script, topic) or {})), *ops], name=name)

    async def _input(self, args: dict[str, Any]) -> Any:
        self.told.append((args["component"], args["value"]))
        return {}

    async def _hear(self, args: dict[str, Any]) -> Any:
        self.heard.update(args["values"])
        return {}

    async def _stop(self, args: dict[str, Any]) -> Any:
        self.ending = True
        if self.task is None or self.task.done() or self.run is None:
            self.die("ended with exit code 0")
        return {}
