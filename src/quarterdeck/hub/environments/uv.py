"""uv, in a process of its own: finding it, running it, and hearing what it says line by line."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

from quarterdeck.hub.environments.environment import NotPrepared

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence

LINES = 60
LONGEST = 1000
PATIENCE = 1800.0
"""Seconds for one command: a large library by a slow line takes its time, and what hangs must end."""


def find_uv() -> str:
    """The machine's uv, or the one of the extra ``envs``; raises NotPrepared."""
    found = shutil.which("uv")
    if found is not None:
        return found
    try:
        from uv import find_uv_bin  # noqa: PLC0415
    except ImportError:
        hint = "install it beside the hub: pip install 'quarterdeck[envs]'"
        raise NotPrepared("uv is not installed, which makes the environments of scripts", hint) from None
    try:
        return str(find_uv_bin())
    except FileNotFoundError as error:
        raise NotPrepared(f"uv is installed without its program: {error}", "install the package uv again") from None


async def run(
    command: Sequence[str], folder: Path, environ: Mapping[str, str], tell: Callable[[str], None]
) -> tuple[int, str]:
    """Its exit code and the last lines it said; ``tell`` gets each as it comes.  Cancelled, it ends the command."""
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=folder,
            env=dict(environ),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        raise NotPrepared(f"{command[0]} cannot be started: {error.strerror}", "see to that file") from None
    lines: deque[str] = deque(maxlen=LINES)
    try:
        async with asyncio.timeout(PATIENCE):
            async for line in _lines_of(process):
                lines.append(line)
                tell(line)
            return await process.wait(), "\n".join(lines)
    except TimeoutError:
        message = f"{Path(command[0]).name} took longer than {PATIENCE / 60:g} minutes"
        raise NotPrepared(message, "see to the network", "\n".join(lines)) from None
    finally:
        _end(process)


async def _lines_of(process: asyncio.subprocess.Process) -> AsyncIterator[str]:
    """Whole lines; of one without an end the beginning."""
    assert process.stdout is not None
    rest = b""
    while chunk := await process.stdout.read(1 << 16):
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line.decode("utf-8", "replace").strip()[:LONGEST]
        rest = rest[:LONGEST]
    if rest:
        yield rest.decode("utf-8", "replace").strip()


def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
