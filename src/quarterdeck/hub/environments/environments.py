"""The environments of a deck: made once for what is wanted, shared by who wants the same, removed when long unused."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from quarterdeck.hub.environments import uv
from quarterdeck.hub.environments.environment import LOWEST, Environment, Interpreter, NotPrepared
from quarterdeck.hub.environments.inline import inline_of
from quarterdeck.hub.environments.package import link_package, stand_in

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    Tell = Callable[[str], None]

AT_ONCE = 2
"""So many are made at the same time: each downloads and unpacks as fast as the machine can."""
UNUSED_DAYS = 7
READY = "ready"
_PROBE = "import sys; print(*sys.version_info[:2])"
_MEND = "mend the block # /// script of the module"


class Environments:
    """``folder`` is the deck's own folder for them.  It belongs to one event loop."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._making: dict[str, _Making] = {}
        self._free = asyncio.Semaphore(AT_ONCE)
        self._checked: set[str] = set()  # interpreters that were chosen by path, and are well

    @property
    def package(self) -> Path:
        """Where our package stands alone; raises OSError."""
        return link_package(self._folder / "package")

    def ready(self, wanted: Environment) -> Interpreter | None:
        """The interpreter if it is there already."""
        if not wanted.is_made:
            return Interpreter(Path(wanted.python or "")) if wanted.key in self._checked else None
        folder = self._folder / wanted.key
        python = _python_in(folder)
        return Interpreter(python, folder) if (folder / READY).exists() and python.exists() else None

    async def prepare(self, wanted: Environment, tell: Tell) -> Interpreter:
        """The interpreter, made if need be; ``tell`` hears how it goes.  Raises NotPrepared."""
        there = self.ready(wanted)
        if there is not None:
            return there
        making = self._making.get(wanted.key)
        if making is None:
            making = self._making[wanted.key] = _Making()
            making.task = asyncio.get_running_loop().create_task(self._make(wanted, making.say))
        making.told.append(tell)
        try:
            return await asyncio.shield(making.task)
        finally:
            making.told.remove(tell)
            if making.task.done() or not making.told:
                making.task.cancel()
                if self._making.get(wanted.key) is making:
                    del self._making[wanted.key]

    def sweep(self, in_use: Collection[str]) -> None:
        """Remove what nobody has used for days, and what a hub that was killed left half made; it blocks."""
        if not self._folder.is_dir():
            return
        for place in self._folder.iterdir():
            mark = place / READY
            if place.name in in_use and mark.exists():
                os.utime(mark)
            elif place.name not in ("package", "wheels") and _age(mark if mark.exists() else place) > UNUSED_DAYS:
                shutil.rmtree(place, ignore_errors=True)

    async def _make(self, wanted: Environment, tell: Tell) -> Interpreter:
        async with self._free:
            if wanted.inline is not None and wanted.inline.fault:
                raise NotPrepared(wanted.inline.fault, wanted.inline.hint)
            if not wanted.is_made:
                python = Path(wanted.python or "")
                await _check(python, tell)
                self._checked.add(wanted.key)
                return Interpreter(python)
            try:
                return await self._build(wanted, tell)
            except OSError as error:
                hint = "see to the disk and the rights of the deck's folder"
                raise NotPrepared(f"its environment cannot be written: {error}", hint) from None

    async def _build(self, wanted: Environment, tell: Tell) -> Interpreter:
        """Made beside its place and moved there when it is whole: what is there is whole, whoever is killed."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        wheels = stand_in(self._folder / "wheels")
        fresh, folder = self._folder / f".{wanted.key}.{secrets.token_hex(4)}", self._folder / wanted.key
        environ = {
            **os.environ,
            "UV_FIND_LINKS": ",".join(filter(None, [str(wheels), os.environ.get("UV_FIND_LINKS")])),
            "UV_PYTHON_PREFERENCE": os.environ.get("UV_PYTHON_PREFERENCE", "system"),
            "UV_NO_PROGRESS": "1",
            "VIRTUAL_ENV": str(fresh),
            # Its own Python comes first, where more than one would do.
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
        }
        try:
            for command in _commands(wanted, fresh):
                code, output = await uv.run(command, _place_of(wanted, self._folder), environ, tell)
                if code != 0:
                    raise NotPrepared(fault_in(output), _MEND if wanted.inline else "choose another python", output)
            await _check(_python_in(fresh), tell)
            _check_unchanged(wanted)
            (fresh / READY).touch()
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
            fresh.rename(folder)
        finally:
            if fresh.exists():
                await asyncio.to_thread(shutil.rmtree, fresh, ignore_errors=True)
        return Interpreter(_python_in(folder), folder)


class _Making:
    """An environment that is being made, and who waits for it."""

    def __init__(self) -> None:
        self.task: asyncio.Task[Interpreter]
        self.told: list[Tell] = []

    def say(self, line: str) -> None:
        for tell in self.told:
            tell(line)


def _commands(wanted: Environment, folder: Path) -> list[list[str]]:
    found = uv.find_uv()
    lowest = f">={LOWEST[0]}.{LOWEST[1]}"
    requires = wanted.inline.requires if wanted.inline else ""
    python = wanted.python or ",".join(filter(None, [lowest, requires]))
    quiet = ["--color", "never"]
    commands = [[found, "venv", *quiet, "--no-project", "--relocatable", "--python", python, str(folder)]]
    if wanted.inline is not None:
        # A lock file that does not fit is the script's fault; uv would else write a new one into the deck's files.
        locked = ["--locked"] if wanted.inline.lock else []
        commands.append([found, "sync", *quiet, *locked, "--active", "--script", str(wanted.inline.module)])
    return commands


def _place_of(wanted: Environment, folder: Path) -> Path:
    return wanted.inline.module.parent if wanted.inline else folder


def _python_in(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def fault_in(output: str) -> str:
    """The lines of uv's that say what is wrong: ``error: what`` and ``cause: why``, or a tree behind a cross."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    faults = [line.partition(":")[2].strip() for line in lines if line.startswith(("error:", "cause:"))][:2]
    if not faults:
        crosses = [number for number, line in enumerate(lines) if line.startswith("×")]
        faults = [" ".join(line.lstrip("×╰├─▶│ ") for line in lines[crosses[0] :])] if crosses else lines[-1:]
    return f"its environment cannot be made: {': '.join(faults) or 'uv said nothing'}"


async def _check(python: Path, tell: Tell) -> None:
    """Raise NotPrepared unless this is a Python that is there and that a worker can run in."""
    hint = f"name a Python of version {LOWEST[0]}.{LOWEST[1]} or newer"
    if not await asyncio.to_thread(python.exists):
        raise NotPrepared(f"there is no interpreter {python}", hint)
    said: list[str] = []
    code, output = await uv.run([str(python), "-I", "-c", _PROBE], python.parent, os.environ, said.append)
    numbers = said[-1].split() if said else []
    if code != 0 or len(numbers) != 2 or not all(each.isdigit() for each in numbers):
        raise NotPrepared(f"{python} is no Python that works", hint, output)
    if tuple(map(int, numbers)) < LOWEST:
        message = f"{python} is Python {'.'.join(numbers)}, and a worker needs {LOWEST[0]}.{LOWEST[1]} or newer"
        raise NotPrepared(message, hint)
    tell(f"Python {'.'.join(numbers)}")


def _check_unchanged(wanted: Environment) -> None:
    """What was made must be what was asked for, also if the file changed meanwhile."""
    if wanted.inline is None:
        return
    module = wanted.inline.module
    now = inline_of(module)
    if now is None or (now.text, now.lock) != (wanted.inline.text, wanted.inline.lock):
        raise NotPrepared(f"{module.name} changed while its environment was made", "the new one is made at once")


def _age(path: Path) -> float:
    """In days."""
    try:
        return (time.time() - path.lstat().st_mtime) / 86400
    except FileNotFoundError:
        return 0.0
