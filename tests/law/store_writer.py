"""A hub in small, to be killed: numbers go through the commit loop, and what is durable is said on standard output."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from quarterdeck.core.series import cell_of
from quarterdeck.hub.clock import SystemClock
from quarterdeck.hub.commits import Commits
from quarterdeck.store.sqlite import SqliteStore


async def main(file: Path) -> None:
    store = SqliteStore(file)
    commits = Commits(store, SystemClock())
    number = (store.stream("writer") or (0, ""))[0]
    while True:
        for _ in range(number % 7 + 1):
            number += 1
            commits.change("a", [["push", "list", [number], 50], ["add", "sums", {"count": 1, "total": number}]])
            commits.change(f"b/{number % 5}", [["set", "number", number], ["put", "map", {str(number): number}]])
            commits.change("a", [["record", "series", {str(number % 90): cell_of(number, number)}]])
            commits.stream("writer", number, str(number))
        await commits.committed()
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


asyncio.run(main(Path(sys.argv[1])))
