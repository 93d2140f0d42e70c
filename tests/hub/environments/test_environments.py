"""Environments are made once, whole or not at all, and removed when nobody uses them; uv itself is played."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.hub.environments import uv
from quarterdeck.hub.environments.environment import Environment, NotPrepared, environment_of
from quarterdeck.hub.environments.environments import UNUSED_DAYS, Environments
from quarterdeck.hub.environments.inline import inline_of
from quarterdeck.hub.environments.package import link_package
from quarterdeck.hub.scripts.finder import Finder

BLOCK = '# /// script\n# dependencies = ["x"]\n# ///\n'


class PlayedUv:
    """Makes the folder of ``uv venv``, and says what it is told to say."""

    def __init__(self) -> None:
        self.commands: list[str] = []
        self.code = 0
        self.version = "3 12"
        self.locked = False
        self.gate = asyncio.Event()
        self.gate.set()
        self.began = asyncio.Event()
        self.on_sync: Callable[[], None] = lambda: None

    async def run(self, command: Any, folder: Path, environ: Any, tell: Callable[[str], None]) -> tuple[int, str]:
        self.locked = "--locked" in command
        what = "probe" if command[1] == "-I" else command[1]
        self.commands.append(what)
        self.began.set()
        if what == "venv":
            (Path(command[-1]) / "bin").mkdir(parents=True)
            (Path(command[-1]) / "bin" / "python").touch()
        tell(self.version if what == "probe" else f"uv {what}")
        await self.gate.wait()
        if what == "sync":
            self.on_sync()
            return self.code, "error: no such thing"
        return 0, ""


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> PlayedUv:
    made = PlayedUv()
    monkeypatch.setattr(uv, "run", made.run)
    monkeypatch.setattr(uv, "find_uv", lambda: "uv")
    return made


@pytest.fixture
def wanted(tmp_path: Path) -> Environment:
    (tmp_path / "script.py").write_text(BLOCK)
    found = environment_of(inline_of(tmp_path / "script.py"), None, tmp_path)
    assert found is not None
    return found


@pytest.fixture
def environments(tmp_path: Path) -> Environments:
    return Environments(tmp_path / "environments")


def left(environments: Environments) -> list[str]:
    return sorted(place.name for place in environments._folder.iterdir() if place.name != "wheels")


async def test_two_scripts_that_want_the_same_get_one(
    environments: Environments, played: PlayedUv, wanted: Environment
) -> None:
    heard: list[str] = []
    assert environments.ready(wanted) is None
    one, other = await asyncio.gather(*(environments.prepare(wanted, heard.append) for _ in range(2)))
    assert one == other == environments.ready(wanted)
    assert played.commands == ["venv", "sync", "probe"]
    assert heard == ["uv venv", "uv venv", "uv sync", "uv sync", "Python 3.12", "Python 3.12"]
    assert await environments.prepare(wanted, heard.append) == one
    assert played.commands == ["venv", "sync", "probe"], "it is there"
    assert one.python == environments._folder / wanted.key / "bin" / "python"


async def test_a_lock_file_is_kept_to_and_counts_as_the_block_does(
    environments: Environments, played: PlayedUv, wanted: Environment, tmp_path: Path
) -> None:
    finder = Finder(tmp_path / "scripts")
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "a.py").write_text(BLOCK)
    before = finder.look()["a"]
    (tmp_path / "scripts" / "a.py.lock").write_text("version = 1\n")
    found = finder.look()
    assert list(found) == ["a"]
    assert found["a"] != before, "it is seen"
    locked = environment_of(found["a"].inline, None, tmp_path)
    assert locked is not None
    assert locked.key != wanted.key
    played.on_sync = lambda: commands.append(played.locked)
    commands: list[bool] = []
    await environments.prepare(locked, lambda _: None)
    await environments.prepare(wanted, lambda _: None)
    assert commands == [True, False]


async def test_what_fails_leaves_nothing_and_is_made_anew(
    environments: Environments, played: PlayedUv, wanted: Environment
) -> None:
    played.code = 1
    with pytest.raises(NotPrepared, match="no such thing") as failed:
        await environments.prepare(wanted, lambda _: None)
    assert failed.value.output == "error: no such thing"
    assert left(environments) == []
    played.code, played.version = 0, "3 10"
    with pytest.raises(NotPrepared, match=r"is Python 3\.10, and a worker needs 3\.11 or newer"):
        await environments.prepare(wanted, lambda _: None)
    played.version = "3 13"
    played.on_sync = lambda: wanted.inline.module.write_text(BLOCK.replace("x", "y"))  # type: ignore[union-attr]
    with pytest.raises(NotPrepared, match="changed while its environment was made"):
        await environments.prepare(wanted, lambda _: None)
    assert left(environments) == []


async def test_who_gives_up_ends_it_only_if_nobody_else_waits(
    environments: Environments, played: PlayedUv, wanted: Environment
) -> None:
    played.gate.clear()
    one, other = (asyncio.ensure_future(environments.prepare(wanted, lambda _: None)) for _ in range(2))
    await played.began.wait()
    making = environments._making[wanted.key].task
    one.cancel()
    await asyncio.gather(one, return_exceptions=True)
    assert len(left(environments)) == 1
    other.cancel()
    await asyncio.gather(other, return_exceptions=True)
    await asyncio.gather(making, return_exceptions=True)
    assert (making.cancelled(), left(environments)) == (True, [])
    played.gate.set()
    assert await environments.prepare(wanted, lambda _: None)


async def test_what_nobody_has_used_for_days_goes(
    environments: Environments, played: PlayedUv, wanted: Environment
) -> None:
    made = await environments.prepare(wanted, lambda _: None)
    folder = environments._folder
    old = time.time() - (UNUSED_DAYS + 1) * 86400
    half = folder / ".abc.123"
    half.mkdir()
    for path in (folder / wanted.key / "ready", half, environments.package, folder / "wheels"):
        os.utime(path, (old, old))
    environments.sweep({wanted.key})
    assert environments.ready(wanted) == made
    assert not half.exists()
    os.utime(folder / wanted.key / "ready", (old, old))
    environments.sweep(set())
    assert environments.ready(wanted) is None
    assert (folder / "package" / "quarterdeck" / "sdk").is_dir()


async def test_an_interpreter_by_its_path_is_taken_as_it_is(
    environments: Environments, played: PlayedUv, tmp_path: Path
) -> None:
    (tmp_path / "python").touch()
    chosen = environment_of(None, "./python", tmp_path)
    assert chosen is not None
    assert (await environments.prepare(chosen, lambda _: None)).folder is None
    assert played.commands == ["probe"]
    assert environments.ready(chosen) is not None


def test_the_link_follows_a_package_that_moved(tmp_path: Path) -> None:
    folder = link_package(tmp_path)
    (folder / "quarterdeck").unlink()
    (folder / "quarterdeck").symlink_to(tmp_path / "elsewhere")
    assert (link_package(tmp_path) / "quarterdeck" / "worker").is_dir()
    assert [path.name for path in folder.iterdir()] == ["quarterdeck"]
