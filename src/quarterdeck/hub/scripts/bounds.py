"""What scripts may take of the machine: memory, and room for what their child processes print."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from quarterdeck.hub.memory import LOOK_SECONDS, beyond, told_size

if TYPE_CHECKING:
    from collections.abc import Mapping

    from quarterdeck.hub.scripts.needs import Rules
    from quarterdeck.hub.scripts.script import Script

OUTPUT_SECONDS = 1.0


async def keep_within(scripts: Mapping[str, Script], rules: Rules) -> None:
    """For ever: look at the workers that have a limit; without limits it costs nothing."""
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        limits = {
            script.worker.process.pid: (script, limit)
            for script in scripts.values()
            if script.worker.process is not None and (limit := rules.memory(script.name)) is not None
        }
        if not limits:
            continue
        used = await asyncio.to_thread(beyond, {pid: limit for pid, (_, limit) in limits.items()})
        for pid, size in used.items():
            script, limit = limits[pid]
            if script.worker.process is not None and script.worker.process.pid == pid:
                script.overgrown(f"used {told_size(size)} of memory, and its limit is {told_size(limit)}")


async def keep_output(scripts: Mapping[str, Script]) -> None:
    """For ever: what child processes write is bounded by nobody else, and a run that goes on is to show it."""
    while True:
        await asyncio.sleep(OUTPUT_SECONDS)
        for worker in [script.worker for script in scripts.values() if script.worker.process]:
            if worker.supervisor.run is not None and worker.remains.has_grown():
                worker.ask_output()
            if worker.remains.is_too_large():
                await asyncio.to_thread(worker.remains.bound)
