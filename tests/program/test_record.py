"""What is kept of what a program writes, however it comes."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Any

import pytest

from quarterdeck.program.record import LONGEST_LINE, TAIL, Record
from quarterdeck.worker.logfile import LogFile

if TYPE_CHECKING:
    from pathlib import Path


class Kept:
    """A record, and what its file and its tail have."""

    def __init__(self, folder: Path) -> None:
        self.file = LogFile(str(folder), "job", "1")
        self.file.begin(0)
        self.path = folder / "job" / "1970-01-01.1.log"
        self.record = Record(self.file)

    def lines(self) -> list[tuple[str, str]]:
        rows = [line.split(" ", 2) for line in self.path.read_text(errors="backslashreplace").splitlines()]
        return [(source, text) for _, source, text in rows]

    def tail(self) -> list[tuple[str, str]]:
        return [(source, text) for _, source, text in self.record.news()]


@pytest.fixture
def kept(tmp_path: Path) -> Any:
    made = Kept(tmp_path)
    yield made
    made.file.close()


def test_lines_are_whole_wherever_the_pieces_are_cut(kept: Kept) -> None:
    for piece in (b"on", b"e\ntw", b"o\n", b"\nthree"):
        kept.record.take("O", piece)
    kept.record.take("E", b"other\r\n")
    kept.record.finish()
    expected = [("O", "one"), ("O", "two"), ("O", ""), ("E", "other"), ("O", "three")]
    assert kept.lines() == kept.tail() == expected
    assert kept.record.lines == 5
    assert kept.tail() == []


def test_of_a_line_that_is_written_over_the_last_state_is_kept(kept: Kept) -> None:
    for piece in (b"10%\r", b"20%\r3", b"0%\r\rdone", b"\r\n", b"a\rb\nc\r", b"d\n"):
        kept.record.take("E", piece)
    assert kept.lines() == [("E", "done"), ("E", "b"), ("E", "d")]


def test_without_a_line_end_memory_does_not_grow(kept: Kept) -> None:
    for _ in range(10):
        kept.record.take("O", b"x" * (LONGEST_LINE // 2))
        kept.record.take("E", b"\r" + b"y" * 100)
    kept.record.finish()
    assert [len(text) for source, text in kept.lines() if source == "O"] == [LONGEST_LINE * 3 // 2] * 3 + [4000]
    assert kept.lines()[-1] == ("E", "y" * 100)


def test_the_tail_has_the_newest_lines_alone(kept: Kept) -> None:
    for number in range(3):
        kept.record.take("O", b"".join(b"%d\n" % line for line in range(number * 1000, number * 1000 + 1000)))
    assert kept.tail() == [("O", str(line)) for line in range(3000 - TAIL, 3000)]
    assert kept.record.lines == 3000


def test_a_full_log_says_how_much_is_missing(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quarterdeck.worker.logfile.LARGEST_RUN", 100)
    kept.file.begin(0)
    kept.record.take("O", b"a\nb\nc\nd\ne\n")
    kept.record.take("O", b"f\n")
    kept.record.finish()
    assert kept.lines() == [("O", "a"), ("O", "b"), ("O", "c"), ("E", "(log full: 3 more lines are not in the file)")]
    assert len(kept.tail()) == 6


def test_bytes_that_are_no_text_are_shown_as_such(kept: Kept) -> None:
    kept.record.take("O", b"\xff\xfe!\n")
    assert kept.tail() == [("O", "\\xff\\xfe!")]


def test_a_full_disk_costs_the_file_alone(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(LogFile, "write_all", full)
    monkeypatch.setattr(LogFile, "write", full)
    kept.record.take("O", b"one\ntwo\n")
    kept.record.finish()
    assert kept.tail() == [("O", "one"), ("O", "two")]
    assert kept.file.left_out == 2


def test_without_a_file_there_is_the_tail() -> None:
    record = Record(None)
    record.take("O", b"one\n")
    record.finish()
    assert [text for _, _, text in record.news()] == ["one"]
