"""What child processes and native code write to the descriptors, read behind the worker."""

from __future__ import annotations

import os
import subprocess

import pytest

from quarterdeck.worker.output import Output
from quarterdeck.worker.spill import MOST, MOST_LINES, Spill


@pytest.fixture
def lines():
    return []


@pytest.fixture
def out(tmp_path):
    """The descriptor that stands for 1; what it leads to is there already, with lines of a worker before."""
    (tmp_path / "output.log").write_text("of a worker before\n")
    descriptor = os.open(tmp_path / "output.log", os.O_WRONLY | os.O_APPEND)
    yield descriptor
    os.close(descriptor)


@pytest.fixture
def spill(tmp_path, out, lines):
    return Spill(str(tmp_path / "output.log"), lambda source, text: lines.append((source, text)), (out,))


def test_lines_of_a_child_process(spill, out, lines):
    wrote = "echo one; echo two >&2; printf 'ten\\rhundred\\nhalf \\377'"
    subprocess.run(["sh", "-c", wrote], stdout=out, stderr=out, check=True)
    spill.drain()
    assert lines == [("C", "one"), ("C", "two"), ("C", "hundred")]
    os.write(out, b"whole")
    spill.drain(whole=True)
    spill.drain(whole=True)
    assert lines[3:] == [("C", "half \\xffwhole")]


def test_what_comes_too_fast_is_counted(spill, out, lines):
    os.write(out, b"y\n" * (MOST_LINES + 5))
    spill.drain(whole=True)
    assert len(lines) == MOST_LINES + 1
    assert lines[-1] == ("E", "(left out: 10 bytes that child processes wrote faster than a log is read)")
    os.write(out, b"x" * (MOST + 100_000))
    spill.drain(whole=True)
    assert len(lines[MOST_LINES + 1][1]) == 8000
    assert lines[-1][1].startswith("(left out: 100,")
    os.write(out, b"late\n")
    spill.drain(whole=True)
    assert lines[-1] == ("C", "late")


@pytest.mark.long
def test_a_file_that_was_cut_is_read_from_its_beginning(spill, out, lines, tmp_path):
    os.write(out, b"early, and long enough to be beyond the cut\n")
    spill.drain(whole=True)
    os.truncate(tmp_path / "output.log", 0)
    os.write(out, b"(cut)\n")
    spill.drain(whole=True)
    assert lines[-1] == ("C", "(cut)")


def test_a_descriptor_that_was_closed_or_replaced_is_mended(spill, out, lines, tmp_path):
    spill.mend()
    assert lines == []
    os.close(out)
    assert os.open(tmp_path / "other", os.O_WRONLY | os.O_CREAT) == out, "the next file gets its number"
    spill.mend()
    os.write(out, b"again\n")
    spill.drain(whole=True)
    assert [text for _, text in lines] == [
        f"(the script closed or replaced descriptor {out}; it is as before again)", "again",
    ]  # fmt: skip
    assert (tmp_path / "other").read_bytes() == b""


def test_a_forked_child_leaves_it_to_its_parent(spill, out, lines, monkeypatch):
    os.write(out, b"x\n")
    monkeypatch.setattr(os, "getpid", lambda: -1)
    spill.drain(whole=True)
    spill.mend()
    assert lines == []


def test_descriptors_that_lead_elsewhere_are_not_read(tmp_path, out, lines):
    (tmp_path / "other").write_text("")
    for path in ("other", "nothing"):
        spill = Spill(str(tmp_path / path), lines.append, (out,))
        os.write(out, b"x\n")
        spill.drain(whole=True)
        spill.mend()
    assert lines == []


def test_lines_are_in_the_order_in_which_they_were_written(spill, out, lines):
    output = Output(lambda source, text: lines.append((source, text)), spill)
    output.out.write("one\n")
    os.write(out, b"two\n")
    output.err.write("three\n")
    os.write(out, b"four\n")
    output.drain()
    assert [text for _, text in lines] == ["one", "two", "three", "four"]
