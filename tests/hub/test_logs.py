from __future__ import annotations

from pathlib import Path

import pytest

from quarterdeck.hub.logs import days_of, read_log, remove_before

DAY = 86_400 * 1_000_000
BEGIN = 1_795_255_779_123_456  # 2026-11-21T09:29:39.123456Z


def write(folder: Path, name: str, *lines: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write("".join(f"{line}\n" for line in lines))


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    write(
        tmp_path,
        "script/s/2026-11-21.log",
        "2026-11-21T10:09:39.123456Z O before",
        "2026-11-21T10:09:40.000000Z O one Ä",
        "2026-11-21T10:09:40.000001Z E two",
        "  more of two",
        "2026-11-21T10:09:41.000000Z L:WARNING three",
    )
    return tmp_path


RUN = {"file": "script/s/2026-11-21.log", "from": 37}


def test_a_run_is_a_range_of_bytes(logs: Path) -> None:
    page = read_log(logs, RUN)
    assert [(line["source"], line["text"]) for line in page.lines] == [
        ("O", "one Ä"),
        ("E", "two"),
        (None, "  more of two"),
        ("L:WARNING", "three"),
    ]
    assert page.lines[0]["at"] == 37
    assert page.lines[0]["time"] == 1_795_255_780_000_000
    assert page.next == page.end == (logs / "script/s/2026-11-21.log").stat().st_size


def test_pages_join_without_a_gap_and_search_ignores_case(logs: Path) -> None:
    first = read_log(logs, RUN, limit=2)
    rest = read_log(logs, RUN, start=first.next)
    assert [line["text"] for line in first.lines + rest.lines] == ["one Ä", "two", "  more of two", "three"]
    assert [line["text"] for line in read_log(logs, RUN, search="TWO").lines] == ["two", "  more of two"]
    assert [line["text"] for line in read_log(logs, RUN, search="ä").lines] == ["one Ä"]


def test_a_run_that_ended_shows_nothing_of_the_next(logs: Path) -> None:
    page = read_log(logs, {**RUN, "to": 73})
    assert [line["text"] for line in page.lines] == ["one Ä"]
    assert read_log(logs, {**RUN, "to": 73}, start=10**9).lines == []


def test_a_line_that_is_being_written_comes_whole_next_time(logs: Path) -> None:
    path = logs / "script/s/2026-11-21.log"
    with path.open("a") as file:
        file.write("2026-11-21T10:09:42.000000Z O hal")
    page = read_log(logs, RUN)
    assert page.lines[-1]["text"] == "three"
    with path.open("a") as file:
        file.write("f\n")
    assert [line["text"] for line in read_log(logs, RUN, start=page.next).lines] == ["half"]


def test_a_log_that_grows_goes_on_where_it_was(logs: Path) -> None:
    page = read_log(logs, RUN)
    assert read_log(logs, RUN, start=page.next).lines == []
    write(logs, "script/s/2026-11-21.log", "2026-11-21T10:09:43.000000Z O more")
    assert [line["text"] for line in read_log(logs, RUN, start=page.next).lines] == ["more"]


@pytest.mark.parametrize("name", ["../secret", "script/../../secret", "/etc/passwd"])
def test_no_name_leads_out_of_the_folder(logs: Path, name: str) -> None:
    with pytest.raises(ValueError, match="not in the deck's folder"):
        read_log(logs, {"file": name, "from": 0})


def test_old_days_go(logs: Path) -> None:
    write(logs, "script/s/2026-11-01.log", "x")
    write(logs, "script/s/output.log", "x")
    for day in ("01", "21"):  # of runs that had a process of their own
        write(logs, f"script/s/2026-11-{day}.01k8f3q7y2rj6n0d5b8s.log", "y")
    assert days_of(logs, "s") == ["script/s/2026-11-01.log", "script/s/2026-11-21.log"]
    assert remove_before(logs, "script/s", 1_795_255_780_000_000) == (2, 4)
    assert (logs / "script/s/2026-11-21.01k8f3q7y2rj6n0d5b8s.log").exists()
    assert days_of(logs, "s") == ["script/s/2026-11-21.log"]
    assert days_of(logs, "none") == []
    with pytest.raises(FileNotFoundError):
        read_log(logs, {"file": "script/s/2026-11-01.log", "from": 0})
