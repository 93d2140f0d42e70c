"""Programs with bars, to be measured: ``python -m benchmarks.bars WHAT [NUMBER] [plain]``; what they used is printed.

``loop`` iterates, ``short`` opens and closes bars of ten steps; both print the seconds of processor time that the whole
process has used for it.  ``idle`` opens bars and waits, ``busy`` moves each ten times a second, ``late`` writes the
time into one bar now and then: these run until their standard input ends.  ``map`` prints the seconds that a pool of
mpire's takes for so many tasks, with its bar; ``mpire`` as its last word lets mpire's own dashboard show it.
"""

from __future__ import annotations

import io
import sys
import threading
import time

SILENT = io.StringIO()


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


def main() -> None:
    """The process."""
    what, count = sys.argv[1], int(sys.argv[2])
    if what == "map":
        print(mapped(count, sys.argv[3:]))
        return
    if "plain" in sys.argv:
        from tqdm import tqdm
    else:
        from quarterdeck.progress import tqdm
    if what in ("loop", "short"):
        # The first bar brings what is loaded once.
        list(tqdm(range(1), file=SILENT))
        time.sleep(0.5)
        began = time.process_time()
        for _ in range(count if what == "short" else 1):
            for _ in tqdm(range(10 if what == "short" else count), file=SILENT):
                pass
        print(time.process_time() - began)
        return
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


if __name__ == "__main__":
    main()
