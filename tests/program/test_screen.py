"""What is logged of a program that draws bars below each other: each once, as it was in the end."""

from __future__ import annotations

import io
import sys
from typing import Any

import pytest
from rich.console import Console
from rich.progress import Progress
from tqdm import tqdm

from quarterdeck.program.screen import HEIGHT, QUIET, Screen, draws


class Written(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        return True


def lines(data: bytes, piece: int) -> list[str]:
    """The log of it, if it comes in pieces of this size."""
    screen = Screen()
    for start in range(0, len(data), piece):
        screen.write(data[start : start + piece], 0)
    assert screen.settled(0) == []
    return [line.decode() for _, line in screen.rest()]


@pytest.mark.parametrize("piece", [1, 7, 100_000])
def test_nested_bars_of_tqdm(piece: int) -> None:
    out = Written()
    options: Any = {"file": out, "mininterval": 0, "bar_format": "{desc} {n}"}
    for outer in tqdm(range(2), desc="outer", **options):
        for inner in tqdm(range(3), desc=f"inner {outer}", leave=False, **options):
            if inner == 1:
                tqdm.write(f"said {outer}", file=out)
    data = out.getvalue().encode()
    assert draws(data)
    assert [line for line in lines(data, piece) if line] == ["said 0", "said 1", "outer 2"]


@pytest.mark.parametrize("piece", [1, 100_000])
def test_bars_of_rich(piece: int) -> None:
    out = Written()
    console = Console(file=out, force_terminal=True, width=60, color_system=None, legacy_windows=False)
    with Progress("{task.description} {task.completed}", console=console, auto_refresh=False) as progress:
        tasks = [progress.add_task(name, total=3) for name in ("one", "two")]
        for step in range(3):
            for task in tasks:
                progress.advance(task)
                progress.refresh()
            progress.console.print("step", step)
    data = out.getvalue().encode()
    assert draws(data)
    told = [line for line in lines(data, piece) if line and not line.startswith("\x1b")]
    assert told == ["step 0", "step 1", "step 2", "one 3", "two 3"]


def test_what_is_not_drawn_again_is_logged_while_the_program_runs() -> None:
    screen = Screen()
    screen.write(b"first\nbar 1\nbelow 1\x1b[A", 1)
    assert screen.settled(QUIET) == []
    screen.write(b"\n\rbelow 2", QUIET)
    assert screen.settled(QUIET) == []
    assert screen.settled(QUIET + 1) == [(1, b"first")]
    assert screen.rest() == [(QUIET, b"bar 1"), (QUIET, b"below 2")]


def test_a_bar_that_others_are_drawn_below_is_not_done() -> None:
    screen = Screen()
    screen.write(b"bar\n\rbelow\x1b[A", 1)
    for second in range(5):
        screen.write(b"\n\rbelow", second * QUIET + 2)
        assert screen.settled(second * QUIET + 2) == []
        screen.write(b"\x1b[A", second * QUIET + 2)
    assert [line for _, line in screen.rest()] == [b"bar", b"below"]


def test_memory_does_not_grow() -> None:
    screen = Screen()
    left = 0
    for number in range(1000):
        screen.write(b"%d\n" % number * 10, 0)
        left += len(screen.settled(0))
    screen.write(b"x" * 100_000, 0)
    assert left + len(screen.rest()) == 10_001
    assert left > 10_000 - HEIGHT - 1
    assert sys.getsizeof(screen._lines) < 10_000
