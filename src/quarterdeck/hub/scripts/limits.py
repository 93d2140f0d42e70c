"""What scripts may take of the machine: memory, and room for what their child processes print."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from quarterdeck.hub.memory import LOOK_SECONDS, beyond, told_size

if TYPE_CHECKING:
    from collections.abc import Mapping

    from quarterdeck.hub.scripts.needs import Rules
    from quarterdeck.hub.scripts.script.script import Script

OUTPUT_SECONDS = 1.0


async def keep_within(scripts: Mapping[str, Script], rules: Rules) -> None:
    """For ever: look at the processes that have a limit; without limits it costs nothing."""
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        limits = _limits(scripts, rules)
        if not limits:
            continue
        used = await asyncio.to_thread(beyond, {pid: limit for pid, (_, _, limit) in limits.items()})
        here = _limits(scripts, rules)
        for pid, size in used.items():
            script, run, limit = limits[pid]
            if pid in here:
                script.overgrown(f"used {told_size(size)} of memory, and its limit is {told_size(limit)}", run)


def _limits(scripts: Mapping[str, Script], rules: Rules) -> dict[int, tuple[Script, str | None, int]]:
    """By process: its script, the run that it has beside the script's worker, and how many bytes it may use."""
    found: dict[int, tuple[Script, str | None, int]] = {}
    for script in scripts.values():
        limit = rules.memory(script.name)
        if limit is None:
            continue
        if script.worker.process is not None:
            found[script.worker.process.pid] = script, None, limit
        found |= {process.pid: (script, run, limit) for run, (process, _) in script.beside.processes.items()}
    return found


async def keep_output(scripts: Mapping[str, Script]) -> None:
    """For ever: what child processes write is bounded by nobody else, and a run that goes on is to show it."""
    while True:
        await asyncio.sleep(OUTPUT_SECONDS)
        for worker in [script.worker for script in scripts.values() if script.worker.process]:
            if worker.supervisor.run is not None and worker.files.has_grown():
                worker.ask_output()
        inside = [files for script in scripts.values() for _, files in script.beside.processes.values()]
        inside += [script.worker.files for script in scripts.values() if script.worker.process]
        for files in inside:
            if files.is_too_large():
                await asyncio.to_thread(files.bound)
