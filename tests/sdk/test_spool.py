"""Histories of producers whose hub is away for longer than they are."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from quarterdeck.sdk.blob import blob_of
from quarterdeck.sdk.keeping import Keeping
from quarterdeck.sdk.outbox import Outbox
from quarterdeck.sdk.report import Report
from quarterdeck.sdk.spool import Spool


def count(hub: Any) -> Any:
    return hub.states["a"].values["n"]["k"]


def test_what_is_left_at_the_end_is_sent_first_by_the_next_process(desks: Any, hub: Any) -> None:
    hub.away = True
    first = desks("s1")
    first.emit("a", ["set", "by", "first"], ["add", "n", {"k": 1}])
    first.run(1)
    first.emit("a", ["add", "n", {"k": 10}], name="counted")
    first.sender.give_up()
    hub.away = False
    second = desks("s2")
    second.emit("a", ["set", "by", "second"])
    second.run(1)
    assert count(hub) == 11
    assert hub.states["a"].values["by"] == "second"
    assert hub.events == [("a", "counted")]
    assert hub.last["s1"] >= 1
    assert hub.last["s2"] == 1


def test_what_the_hub_had_got_before_the_end_counts_once(desks: Any, hub: Any, transport: Any) -> None:
    first = desks("s1")
    transport.hold = True
    first.emit("a", ["add", "n", {"k": 1}])
    first.run()
    first.emit("a", ["add", "n", {"k": 10}])
    first.sender.give_up()
    transport.hold = False
    second = desks("s2")
    second.emit("b", ["set", "x", 1])
    second.run()
    assert count(hub) == 11
    assert hub.last == {"s1": 2, "s2": 1}


def test_what_a_silent_hub_was_not_sent_yet_is_laid_at_its_door(tmp_path: Path) -> None:
    left: list[tuple[str, int, bytes]] = []
    outbox, report = Outbox("s1"), Report()
    keeping = Keeping(lambda *_: {}, lambda: str(tmp_path / "spool"), report, lambda *what: left.append(what))
    outbox.emit("a", [["set", "x", 1]])
    sent = outbox.freeze(1000)
    assert sent is not None
    outbox.emit("a", [["set", "x", 2]])
    assert keeping.keep(outbox, leaving=sent.number)
    assert [(stream, number) for stream, number, _ in left] == [("s1", 2)]
    assert b'["set","x",2]' in left[0][2]
    first = Spool(str(tmp_path / "spool")).first()
    assert first is not None
    assert first.number == 1


def test_a_blob_is_not_kept_and_what_stands_beside_it_is(desks: Any, hub: Any, capsys: Any) -> None:
    hub.away = True
    first = desks("s1")
    first.emit("a", ["set", "f", blob_of(b"1", name="a.png"), "blob"], ["add", "n", {"k": 1}])
    first.sender.keep()
    assert "the blob a.png is not kept" in capsys.readouterr().err
    hub.away = False
    second = desks("s2")
    second.emit("b", ["set", "x", 1])
    second.run()
    assert hub.states["a"].values == {"n": {"k": 1}}


def test_two_processes_may_send_the_same_kept_batches(desks: Any, hub: Any, transport: Any) -> None:
    hub.away = True
    first = desks("s1")
    for _ in range(3):
        first.emit("a", ["add", "n", {"k": 1}])
        first.sender.keep()
    hub.away = False
    # The second one sends the first batch, and never hears of it.
    kept = Spool(first.sender._keeping._path()).first()
    hub.take(kept.stream, kept.number, kept.body)
    third = desks("s3")
    third.emit("b", ["set", "x", 1])
    third.run()
    assert count(hub) == 3


def test_a_crowded_outbox_moves_to_the_spool_and_the_stream_goes_on(desks: Any, hub: Any) -> None:
    hub.away = True
    desk = desks("s1", limit=4_000)
    for number in range(100):
        desk.emit("a", ["push", "x", [f"{number} {'x' * 100}"], 1_000], ["add", "n", {"k": 1}])
        desk.run(0.1)
    assert desk.sender.outbox.size < 4_000
    assert os.path.getsize(desk.sender._keeping._path()) > 8_000
    hub.away = False
    desk.run(3)
    assert count(hub) == 100
    assert [item.split()[0] for item in hub.states["a"].values["x"]] == [str(number) for number in range(100)]
    assert hub.last.keys() == {"s1"}
    assert desk.report.counts == {}
    assert not desk.sender.outbox


def test_a_hub_that_forgot_the_stream_gets_what_is_kept_under_another(desks: Any, hub: Any) -> None:
    first = desks("s1")
    first.emit("a", ["add", "n", {"k": 1}])
    first.run()
    hub.away = True
    for _ in range(3):
        first.emit("a", ["add", "n", {"k": 10}])
        first.sender.keep()
    hub.away = False
    hub.last.clear()
    second = desks("s2")
    second.emit("b", ["set", "x", 1])
    second.run()
    assert count(hub) == 31
    assert sorted(hub.last.values()) == [1, 3]


def test_the_hub_that_goes_away_again_gets_the_rest_later(desks: Any, hub: Any, transport: Any) -> None:
    hub.away = True
    first = desks("s1")
    first.emit("a", ["add", "n", {"k": 1}])
    first.sender.give_up()
    hub.away = False
    transport.lose_answer = True
    second = desks("s2")
    second.emit("a", ["add", "n", {"k": 10}])
    second.run(1)
    assert "a" not in hub.states
    transport.lose_answer = False
    second.run(3)
    assert count(hub) == 11


def test_a_kept_batch_that_the_hub_cannot_take_stops_nothing(desks: Any, hub: Any, transport: Any) -> None:
    hub.away = True
    first = desks("s1")
    for _ in range(2):
        first.emit("a", ["add", "n", {"k": 1}])
        first.sender.keep()
    hub.away = False
    take, error = hub.take, {"error": {"code": "too-large", "message": "2 MB"}}
    hub.take = lambda stream, number, text: error if stream == "s1" else take(stream, number, text)
    second = desks("s2")
    second.emit("b", ["set", "x", 1])
    second.run()
    assert count(hub) == 1
    assert second.report.counts == {"dropped": 1}


def test_the_file_is_capped_and_what_is_lost_is_told_to_the_hub(desks: Any, hub: Any, tmp_path: Path) -> None:
    hub.away = True
    first = desks("s1")
    path = first.sender._keeping._path()
    first.sender._keeping._opened = Spool(path, limit=100_000)
    for number in range(20):
        first.emit(f"a/{number}", ["set", "x", "x" * 20_000])
    first.sender.give_up()
    assert first.report.counts["spool"] == 1
    assert os.path.getsize(path) <= 110_000
    hub.away = False
    second = desks("s2")
    second.emit("b", ["set", "x", 1])
    second.run()
    assert hub.dropped == 20
    assert hub.states.keys() == {"b"}


def test_only_the_user_can_read_what_is_kept(desks: Any, hub: Any) -> None:
    hub.away = True
    desk = desks("s1")
    desk.emit("a", ["set", "x", 1])
    desk.sender.give_up()
    path = Path(desk.sender._keeping._path())
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_file_that_is_no_spool_is_reported_and_stops_nothing(desks: Any, hub: Any) -> None:
    desk = desks("s1")
    path = Path(desk.sender._keeping._path())
    path.parent.mkdir()
    path.write_text("not a database at all" * 100)
    desk.emit("a", ["set", "x", 1])
    desk.run()
    assert hub.states["a"].values == {"x": 1}
    assert desk.report.counts == {"spool": 1}


def test_all_batches_are_kept_or_none(tmp_path: Path) -> None:
    spool = Spool(str(tmp_path / "spool.db"), limit=100_000)
    with pytest.raises(sqlite3.Error):
        spool.keep("s1", [(number, b"x" * 30_000) for number in range(1, 9)])
    assert spool.first() is None
    spool.keep("s1", [(1, b"x" * 30_000)])
    kept = spool.first()
    assert kept is not None
    assert (kept.stream, kept.number, len(kept.body)) == ("s1", 1, 30_000)


def test_threads_that_use_it_at_once_leave_each_other_the_locks(tmp_path: Path) -> None:
    spool = Spool(str(tmp_path / "spool.db"))
    spool.keep("s1", [(1, b"one")])
    with closing(sqlite3.connect(spool.path)) as writing:
        writing.execute("BEGIN EXCLUSIVE")
        with pytest.raises(sqlite3.OperationalError, match="locked"), patch("quarterdeck.sdk.spool.PATIENCE", 0):
            spool.first()
        # Another process: it asks for what nobody but the writer may have.
        asked = "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0).execute('BEGIN EXCLUSIVE')"
        done = subprocess.run(
            [sys.executable, "-S", "-c", asked, spool.path], capture_output=True, text=True, check=False
        )
        assert "database is locked" in done.stderr
