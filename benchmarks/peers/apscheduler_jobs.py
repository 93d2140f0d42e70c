"""APScheduler: a thousand jobs of a second in its thread pool; prints how late they were and what it cost, as JSON."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from datetime import UTC, datetime, timedelta

import psutil
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.asyncio import AsyncIOScheduler

JOBS, GROUP, SETTLE = 1000, 50, 3.0
entered: list[tuple[int, float]] = []


def job(group: int) -> None:
    """Note the moment."""
    entered.append((group, time.time()))


async def main(burst: bool, seconds: float) -> None:
    """Fifty jobs share a due time, as the hooks of a script do; in a burst all of them do."""
    scheduler = AsyncIOScheduler(
        executors={"default": ThreadPoolExecutor(10)}, job_defaults={"misfire_grace_time": None, "coalesce": True}
    )
    groups = JOBS // GROUP
    first = datetime.fromtimestamp(int(time.time()) + 2, UTC)
    for n in range(JOBS):
        offset = 0.0 if burst else (n // GROUP) / groups
        start = first + timedelta(seconds=offset)
        scheduler.add_job(job, "interval", [n // GROUP], seconds=1, start_date=start, next_run_time=start)
    scheduler.start()
    await asyncio.sleep(SETTLE)
    process = psutil.Process()
    before, began = process.cpu_times(), time.time()
    await asyncio.sleep(seconds)
    after, ended = process.cpu_times(), time.time()
    await asyncio.sleep(0.3)
    late = []
    for group, at in entered:
        phase = 0.0 if burst else group / groups
        lateness = (at - first.timestamp() - phase) % 1
        if began <= at - lateness < ended:
            late.append(lateness * 1e6)
    cpu = (after.user + after.system - before.user - before.system) / seconds
    print(json.dumps({"late": late, "cpu": cpu}))
    scheduler.shutdown(wait=False)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] == "1", float(sys.argv[2])))
