"""Reads a CSV file, and says on its topic what is in it and what is wrong with it."""

from __future__ import annotations

import csv
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import quarterdeck as qd
from quarterdeck.core.topics import join


class Column(NamedTuple):
    """A column: how many of its cells are numbers, texts or empty."""

    numbers: int
    texts: int
    empty: int


class Found(NamedTuple):
    """What a file has; ``newest`` is in microseconds UTC, None without a column of times."""

    rows: int
    columns: dict[str, Column]
    newest: int | None
    doubts: list[str]

    @property
    def filled(self) -> float:
        """The share of cells that hold something."""
        cells = sum(sum(column) for column in self.columns.values())
        return 1 - sum(column.empty for column in self.columns.values()) / cells if cells else 0.0


def survey(path: Path) -> None:
    """Survey one file; its topic is called as the file is."""
    began = time.perf_counter()
    topic = qd.topic(join("dataset", path.stem))
    now = time.time_ns() // 1000
    told = {"name": path.stem, "path": str(path), "surveyed": now}
    try:
        found = look(path)
    except (OSError, csv.Error, UnicodeDecodeError) as error:
        topic.set(**told, state="unreadable", says=str(error))
        topic.add("verdicts", unreadable=1)
        topic.push("findings", f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {error}")
        return
    state = "doubtful" if found.doubts else "sound"
    topic.set(
        **told,
        state=state,
        says="; ".join(found.doubts),
        rows=found.rows,
        bytes=path.stat().st_size,
        newest=found.newest,
        filled=found.filled,
        took=round((time.perf_counter() - began) * 1e6),
    )
    topic.put("columns", {name: column._asdict() for name, column in found.columns.items()})
    topic.add("verdicts", {state: 1})
    topic.record("rows_seen", found.rows, quantum=1)
    if found.newest is not None:
        topic.record("age_seen", (now - found.newest) / 1e6, quantum=1)
    for doubt in found.doubts:
        topic.push("findings", f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {doubt}")


def look(path: Path) -> Found:
    """Read the whole file once."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file, restkey="(too many)")
        names = list(rows.fieldnames or ())
        counts = {name: [0, 0, 0] for name in names}
        number, ragged, newest = 0, 0, None
        for row in rows:
            number += 1
            ragged += "(too many)" in row or None in row.values()
            for name in names:
                counts[name][_sort(row[name])] += 1
            newest = max(filter(None, (newest, _time(row))), default=None)
    columns = {name: Column(*each) for name, each in counts.items()}
    doubts = [f"{name} is empty in every row" for name, each in columns.items() if number and each.empty == number]
    doubts += [f"{name} mixes numbers and texts" for name, each in columns.items() if each.numbers and each.texts]
    doubts += [f"{ragged} rows have another length"] if ragged else []
    doubts += ["there is no row"] if not number else []
    return Found(number, columns, newest, doubts)


def _sort(cell: str | None) -> int:
    """0 of a number, 1 of a text, 2 of nothing."""
    if not cell or not cell.strip():
        return 2
    try:
        float(cell)
    except ValueError:
        return 1
    return 0


def _time(row: dict[str, str]) -> int | None:
    """The time of a row: its first cell, if that is one."""
    try:
        at = datetime.fromisoformat(next(iter(row.values())))
    except (ValueError, TypeError, StopIteration):
        return None
    return round((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()) * 1_000_000


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        survey(Path(argument))
