"""The logs of Flask-MonitoringDashboard: requests go to the test that ran when they were made."""

from __future__ import annotations

import datetime
from pathlib import Path

from quarterdeck.sdk.suite import logs
from quarterdeck.sdk.suite.recorder import Ran, Recorder

AT = 1_795_000_000_123_456


def recorded(*names: str) -> Recorder:
    """Each test took a second, one after the other."""
    found = Recorder()
    for place, name in enumerate(names):
        ran = Ran(name, 1, AT + place * 2_000_000)
        ran.seconds = 1.0
        found.runs.append(ran)
    return found


def local(offset: float) -> str:
    return str(datetime.datetime.fromtimestamp(AT / 1e6 + offset, datetime.UTC).astimezone().replace(tzinfo=None))


def utc(offset: float) -> str:
    return datetime.datetime.fromtimestamp(AT / 1e6 + offset, datetime.UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def asked(recorder: Recorder) -> dict[tuple[str, int, str], tuple[int, float | None]]:
    return {key: (found.hits, found.seconds) for key, found in recorder.requests.items()}


def test_the_documented_log_says_which_endpoints_a_test_asked(tmp_path: Path) -> None:
    folder = f"{tmp_path}/logs/"
    logs.empty(folder)
    with open(folder + logs.HITS, "a") as log:
        for offset, endpoint in (
            (-1, "before"),
            (0.5, "main.index"),
            (0.6, "main.index"),
            (1.5, "between"),
            (2.5, "x"),
        ):
            log.write(f'"{local(offset)}","{endpoint}"\n')
        log.write('"2026-11-')
    recorder = recorded('test_a (t."A")', "test_b")
    logs.write_runs(folder, recorder)
    logs.read(recorder, folder, str(tmp_path), 0)
    assert asked(recorder) == {('test_a (t."A")', 1, "main.index"): (2, None), ("test_b", 1, "x"): (1, None)}
    head, first, _ = Path(folder + logs.RUNS).read_text().splitlines()
    assert head == '"start_time","stop_time","test_name"'
    assert first == f'"{local(0)}","{local(1)}","test_a (t.""A"")"'


def test_what_was_seen_in_the_process_does_not_count_twice(tmp_path: Path) -> None:
    folder = f"{tmp_path}/"
    logs.empty(folder)
    Path(folder + logs.HITS).write_text(f'"{local(0.5)}","main.index"\n"{local(2.5)}","main.index"\n')
    recorder = recorded("seen", "elsewhere")
    recorder.asked(("seen", 1), "GET /", 0.1)
    logs.read(recorder, folder, str(tmp_path), 0)
    assert asked(recorder) == {("seen", 1, "GET /"): (1, 0.1), ("elsewhere", 1, "main.index"): (1, None)}


def test_logs_of_the_second_version_say_how_long_requests_took(tmp_path: Path) -> None:
    (tmp_path / logs.STARTED).write_text(f'"time","endpoint"\n"{utc(0.25)}","main.index"\n')
    (tmp_path / logs.FINISHED).write_text(f'"time","endpoint"\n"{utc(0.5)}","main.index"\n"{utc(0.6)}","half"\n')
    recorder = recorded("test_a")
    logs.read(recorder, None, str(tmp_path), 0)
    assert asked(recorder) == {("test_a", 1, "main.index"): (1, 0.25)}
    old = recorded("test_a")
    logs.read(old, None, str(tmp_path), (tmp_path / logs.FINISHED).stat().st_mtime + 1)
    assert asked(old) == {}
