"""Sizes in words, and the memory of a process with all that it has started."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from quarterdeck.hub import memory
from quarterdeck.hub.memory import beyond, parse_size, times_short, told_size


@pytest.mark.parametrize(
    ("text", "size"),
    [("500 MB", 500_000_000), ("1.5 GiB", 1_610_612_736), ("64kB", 64_000), ("1000 B", 1000), ("none", None)],
)
def test_sizes(text: str, size: int | None) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "500", "0 MB", "-1 GB", "2 XB", "much"])
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(ValueError, match="no size of memory"):
        parse_size(text)


def test_sizes_in_words() -> None:
    assert [told_size(size) for size in (900, 612_300_000, 2_000_000_000)] == ["900 bytes", "612 MB", "2 GB"]


def test_who_is_over_its_limit_is_told_with_all_of_its_session(monkeypatch: pytest.MonkeyPatch) -> None:
    session = os.getsid(0)
    assert beyond({session: 2**60}) == {}
    assert beyond({session: 1000})[session] > 1_000_000
    monkeypatch.setattr(memory.psutil, "pids", lambda: [os.getpid(), 2**30])
    monkeypatch.setattr(memory, "_resident", lambda _: 100)
    monkeypatch.setattr(memory, "_proportional", lambda _: 60)
    assert beyond({session: 80}) == {}, "pages that are shared count once"
    assert beyond({session: 50}) == {session: 60}


def test_the_system_counts_what_it_ended_for_want_of_memory(tmp_path: Path) -> None:
    (tmp_path / "vmstat").write_text("nr_free 7\noom_kill 3\noom_kill_x 9\n")
    assert times_short(tmp_path / "vmstat") == 3
    assert times_short(tmp_path / "nothing") is None
