"""What a worker that died has left in its files."""

from __future__ import annotations

from pathlib import Path

import pytest

from quarterdeck.hub.process import LARGEST_OUTPUT
from quarterdeck.hub.scripts.workers.files import LINES, WorkerFiles, frames_of

NOW = 1_795_250_000_000_000  # 2026-11-21
DAY = "script/s/2026-11-21.log"
SEGV = """\
Fatal Python error: Segmentation fault

Thread 0x00007f (most recent call first):
  File "/usr/lib/python3.11/threading.py", line 2 in wait

Current thread 0x00007e (most recent call first):
  File "/usr/lib/python3.11/ctypes/__init__.py", line 517 in string_at
  File "{script}/main.py", line 3 in update
  File "/site/quarterdeck/worker/run.py", line 90 in _call
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    folder = tmp_path / "scripts" / "s"
    folder.mkdir(parents=True)
    (folder / "main.py").write_text("import ctypes\ndef update(panel):\n    ctypes.string_at(0)\n")
    return folder


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    (tmp_path / "logs" / "script" / "s").mkdir(parents=True)
    return tmp_path / "logs"


def test_the_lines_and_the_trace_of_the_run_at_fault(logs: Path, script: Path) -> None:
    (logs / DAY).write_text("2026-11-21T09:00:00.000001Z O of an earlier run\n")
    files = WorkerFiles(logs, "s")
    files.output_file.write_text("of an earlier worker\n")
    files.begin_worker()
    files.begin_run(NOW)
    with (logs / DAY).open("a") as file:
        file.write("2026-11-21T09:09:39.123456Z O before\n")
    with files.output_file.open("a") as file:
        file.write(SEGV.format(script=script))
    left = files.of_run({}, script)
    assert left["log"] == {"file": DAY, "from": 48, "to": (logs / DAY).stat().st_size}
    assert [line[1:] for line in left["tail"]] == [["O", "before"]]
    assert left["log_lines"] == 1
    assert left["traceback"].startswith("Fatal Python error: Segmentation fault")
    assert [(frame["file"].split("/")[-1], frame["line"], frame["own"]) for frame in left["frames"]] == [
        ("main.py", 3, True),
        ("__init__.py", 517, False),
    ]
    assert left["frames"][0]["code"][-1] == [3, "    ctypes.string_at(0)"]


def test_what_its_worker_noted_of_a_run(logs: Path, script: Path) -> None:
    files = WorkerFiles(logs, "s")
    noted = [f"r1 {NOW - 1} 0 0", f"r2 {NOW} 36 5", "r3"]
    (logs / "script" / "s" / "begun").write_text("".join(line.ljust(95) + "\n" for line in noted))
    (logs / DAY).write_text("2026-11-21T09:09:38.000000Z O first\n2026-11-21T09:09:39.000000Z O second\n")
    files.output_file.write_text("one\n\ntwo\n")
    begun = files.begun()
    assert set(begun) == {"r1", "r2"}
    left = files.of_run({}, script, begun["r2"])
    assert (left["started"], left["traceback"], left["log"]["from"]) == (NOW, "two", 36)
    assert [line[2] for line in left["tail"]] == ["second"]
    assert "started" not in files.of_run({"started": 1}, script, begun["r2"])


def test_a_worker_that_left_nothing(logs: Path, script: Path) -> None:
    files = WorkerFiles(logs, "s")
    assert files.of_run({}, script) == {}
    files.begin_worker()
    files.begin_run(NOW)
    assert files.of_run({}, script) == {}
    assert files.output() == ""


def test_what_is_read_is_bounded_and_may_be_anything(logs: Path, script: Path) -> None:
    files = WorkerFiles(logs, "s")
    files.output_file.write_bytes(b"\xff\n" * 1_000_000)
    (logs / DAY).write_bytes(b"2026-11-21T09:09:39.123456Z O " + b"x" * 100_000 + b"\n" + b"\xff\x00\n" * 100_000)
    left = files.of_run({"log": {"file": DAY, "from": 0, "to": None}}, script)
    assert left["traceback"] == "\n".join(["\ufffd"] * LINES)
    assert len(left["tail"]) == 200
    assert "log_lines" not in left, "not counted, as not all was read"
    files.began = 10**9
    assert files.output(), "the file was begun anew"


def test_text_that_is_no_trace_has_no_frames(script: Path) -> None:
    assert frames_of("hello\n", script) == []
    assert frames_of('Current thread 0x1 (most recent call first):\n  File "/usr/x.py", line 1 in f\n', script) == []


def test_output_without_end_is_cut_while_it_is_written(logs: Path) -> None:
    files = WorkerFiles(logs, "s")
    files.begin_worker()
    with files.output_file.open("ab", buffering=0) as worker:
        worker.write(b"early\n")
        assert not files.is_too_large()
        assert files.output() == "early"
        worker.write(b"x" * 99 + b"\n")
        worker.write((b"x" * 99 + b"\n") * (LARGEST_OUTPUT // 100))
        assert files.is_too_large()
        files.bound()
        worker.write(b"late\n")
    assert files.output_file.stat().st_size < 50_000
    lines = files.output().split("\n")
    assert lines[-1] == "late"
    assert files.output_file.read_text().startswith("(cut: 4,19")
