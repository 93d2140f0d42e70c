"""Real processes: how they ended, whether they are the ones that were meant, and hearing of it at once."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from quarterdeck.hub import process


def start(folder: Path, code: str) -> process.Process:
    return process.start([sys.executable, "-c", code], dict(os.environ), folder, folder / "logs" / "output.log")


async def ended(made: process.Process) -> None:
    heard = asyncio.Event()
    made.when_ended(heard.set)
    async with asyncio.timeout(60):
        await heard.wait()
    assert not made.alive()


@pytest.mark.parametrize("descriptors", [True, False])
async def test_the_end_of_a_process_is_heard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, descriptors: bool
) -> None:
    if not descriptors:
        monkeypatch.delattr(os, "pidfd_open", raising=False)
    made = start(tmp_path, "import sys; print('hello'); sys.exit(3)")
    await ended(made)
    assert made.ending()[0] == "ended with exit code 3"
    assert (tmp_path / "logs" / "output.log").read_text() == "hello\n"
    assert (tmp_path / "logs" / "output.log").stat().st_mode & 0o777 == 0o600


async def test_a_killed_process_takes_what_it_started_with_it(tmp_path: Path) -> None:
    made = start(
        tmp_path,
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print(child.pid, flush=True); child.wait()",
    )
    output = tmp_path / "logs" / "output.log"
    for _ in range(3000):
        if output.read_text().endswith("\n"):
            break
        await asyncio.sleep(0.02)
    child = process.find(int(output.read_text()))
    assert child is not None
    assert os.getsid(made.pid) == made.pid, "Ctrl-C in the hub's terminal must not reach it"
    made.kill()
    await ended(made)
    await ended(child)
    assert made.ending()[0].startswith(f"was killed by {signal.SIGKILL.name}")


async def test_a_process_is_known_again_by_pid_and_start(tmp_path: Path) -> None:
    made = start(tmp_path, "import time; time.sleep(600)")
    again = process.find(made.pid, made.started)
    assert again is not None
    assert again.alive()
    assert process.find(made.pid, made.started - 3600) is None, "the pid is another's by now"
    made.kill()
    await ended(again)
    await ended(made)
    assert "not known" in again.ending()[0]
    assert process.find(made.pid, made.started) is None


async def test_a_large_output_makes_room(tmp_path: Path) -> None:
    output = tmp_path / "logs" / "output.log"
    output.parent.mkdir()
    output.write_bytes(b"x" * (process.LARGEST_OUTPUT + 1))
    await ended(start(tmp_path, "print('new')"))
    assert output.read_text() == "new\n"
    assert output.with_suffix(".old").stat().st_size > process.LARGEST_OUTPUT


async def test_what_cannot_be_started_says_so(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nothing"):
        process.start([str(tmp_path / "nothing")], {}, tmp_path, tmp_path / "output.log")
