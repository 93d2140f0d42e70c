"""Programs with bars, to be measured: ``python -m benchmarks.bars WHAT [NUMBER]``; what they used is printed.

``loop`` iterates, ``short`` opens and closes bars of ten steps: both with reporting and without in turn, and print
pairs of seconds (without, with).  ``idle`` opens bars and waits, ``busy`` moves each ten times a second, ``late``
writes the time into one bar now and then: these run until their standard input ends.  ``map`` prints the seconds that a
pool of mpire's takes for so many tasks, with its bar; ``plain`` as its last word lets nobody else show it, ``mpire``
mpire's own dashboard.
"""

from __future__ import annotations

import functools
import io
import json
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

SILENT = io.StringIO()
TURNS = {"loop": 2, "short": 10}
"""So often the two take turns for one pair, each beginning as often as the other: both meet the same machine."""


def mapped(count: int, shown: list[str]) -> float:
    """Seconds of a map over so many numbers."""
    if not shown:
        from quarterdeck.progress import install

        install()
    from mpire import WorkerPool

    if "mpire" in shown:
        from mpire.dashboard import start_dashboard

        start_dashboard()
    with WorkerPool(2) as pool:
        # The first map brings what is loaded once, and its workers.
        pool.map(identity, range(1000), progress_bar=True, progress_bar_options={"file": SILENT})
        began = time.perf_counter()
        pool.map(identity, range(count), progress_bar=True, progress_bar_options={"file": SILENT})
        return time.perf_counter() - began


def identity(number: int) -> int:
    """The cheapest task."""
    return number


def pairs(piece: Callable[[Any], None], turns: int, count: int) -> list[tuple[float, float]]:
    """Seconds of processor time of this process, all its threads, for so many pairs: without reporting, and with it.

    With it until the hub has all; both have had their first bar, which brings what is loaded once.
    """
    from tqdm import tqdm as plain

    from quarterdeck.progress import tqdm as reporting
    from quarterdeck.sdk import default
    from quarterdeck.sdk.jobs.reporter import reporter

    def used(bar: Any) -> float:
        began = time.process_time()
        piece(bar)
        if bar is reporting:
            reporter.tell_news()
            default.current().flush(30)
        return time.process_time() - began

    found = []
    for number in range(-1, count):
        spent = {plain: 0.0, reporting: 0.0}
        for turn in range(1 if number < 0 else turns):
            for bar in (plain, reporting) if turn % 2 else (reporting, plain):
                spent[bar] += used(bar)
        found.append((spent[plain], spent[reporting]))
    return found[1:]


def loop(steps: int, bar: Any) -> None:
    """One long bar."""
    for _ in bar(range(steps), file=SILENT):
        pass


def short(count: int, bar: Any) -> None:
    """So many short bars."""
    for _ in range(count):
        for _ in bar(range(10), file=SILENT):
            pass


def show(what: str, count: int) -> None:
    """Bars that move as ``what`` says, until the standard input ends."""
    from quarterdeck.progress import tqdm

    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    bars = [tqdm(total=10**9, desc=f"bar {number}", file=SILENT, mininterval=3600) for number in range(count)]
    print("ready", flush=True)
    while not ended.wait(0.1 if what == "busy" else 0.23):
        if what == "busy":
            for bar in bars:
                bar.n += 1
        elif what == "late":
            bars[0].desc = f"@{time.time():.6f}@"


def main() -> None:
    """The process."""
    what, count, *more = sys.argv[1:]
    if what == "map":
        print(mapped(int(count), more))
    elif what in ("loop", "short"):
        turns = TURNS[what]
        piece = functools.partial({"loop": loop, "short": short}[what], int(count) // turns)
        print(json.dumps(pairs(piece, turns, int(more[0]))))
    else:
        show(what, int(count))


if __name__ == "__main__":
    main()
