"""Writes the vectors that every implementation of the core passes: ops.json and series.json beside this file.

    PYTHONPATH=src python spec/generate.py

The form of an ops vector stands in quarterdeck.testing.vectors.  In series.json, ``merge`` has cells by minute to
merge in any order, ``quantile`` triples of a cell, a share and the percentile in quanta (equal to 1e-9 of its size),
``bucket`` pairs of a value in quanta, as text, and the key of its bucket.
"""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

from hard import HARD, HARD_CELLS

from quarterdeck.core.fold import TopicState
from quarterdeck.core.series import add_cells, bucket_of, quantile
from quarterdeck.testing.histories import Histories
from quarterdeck.testing.vectors import random_vectors, vector, write

SPEC = Path(__file__).resolve().parent
SEED = 20_261
RANDOM_VECTORS = 250


def series_vectors() -> dict[str, list[Any]]:
    """Cells to merge, buckets of values, and percentiles."""
    merges, quantiles = [], []
    for number in range(60):
        histories = Histories(SEED + number)
        parts = HARD_CELLS[number] if number < len(HARD_CELLS) else [histories.cells() for _ in range(3)]
        want: dict[str, Any] = {}
        for part in parts:
            add_cells(want, part)
        merges.append({"parts": parts, "want": want})
        quantiles += [[cell, p, quantile(cell, p)] for cell in want.values() for p in (0, 0.5, 0.9, 0.99, 1)]
    rnd = Random(SEED)
    values = [0, 1, -1, 2, 3, 24, 25, 26, 2**53, -(2**53), 10**30] + [rnd.randrange(1, 10**9) for _ in range(40)]
    return {"merge": merges, "quantile": quantiles[::3], "bucket": [[str(value), bucket_of(value)] for value in values]}


def main() -> None:
    """Write both files."""
    by_hand = [{"name": name, **vector(TopicState(), {}, events)} for name, events in HARD.items()]
    write(SPEC / "ops.json", by_hand + random_vectors(SEED, RANDOM_VECTORS))
    (SPEC / "series.json").write_text(
        json.dumps(series_vectors(), separators=(",", ":")).replace("}},{", "}},\n{") + "\n"
    )


if __name__ == "__main__":
    main()
