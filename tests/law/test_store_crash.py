"""What was said to be durable is there after kill -9, once, and nothing by half; a lock ends with its process."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from tests.store.older import without_moving

import quarterdeck
from quarterdeck.kinds import all_kinds
from quarterdeck.store.contract import Commit, StoreError, TopicChange
from quarterdeck.store.query import parse_query
from quarterdeck.store.sqlite import SqliteStore

WRITER = Path(__file__).with_name("store_writer.py")
SOURCES = str(Path(quarterdeck.__file__).parents[1])
ROUNDS = 6
RUNS = 300
# Opens the file as a hub does, and is killed after so many thousands of SQLite's steps.
OPEN = """
import os, pathlib, signal, sqlite3, sys
from quarterdeck.kinds import all_kinds
from quarterdeck.store.sqlite import SqliteStore

left = int(sys.argv[2])

def step():
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)

class Watched(sqlite3.Connection):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.set_progress_handler(step, 1000)

connect = sqlite3.connect
sqlite3.connect = lambda *args, **kwargs: connect(*args, factory=Watched, **kwargs)
SqliteStore(pathlib.Path(sys.argv[1]), all_kinds())
"""
HOLD = """
import pathlib, sys
from quarterdeck.store.lock import FileLock

lock = FileLock(pathlib.Path(sys.argv[1]))
print(1, flush=True)
input()
"""


def killed_after(file: Path, acknowledgements: int) -> int:
    """Kill a writer after so many acknowledgements; the last number that it said, which may be one of the next."""
    command = [sys.executable, str(WRITER), str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={"PYTHONPATH": SOURCES}) as process:
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(acknowledgements)]
        process.kill()
        # A line that the kill cut off acknowledges nothing.
        said += [line for line in process.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
    assert process.returncode == -signal.SIGKILL
    return int(said[-1])


def test_what_was_acknowledged_is_found_after_a_kill(tmp_path: Path) -> None:
    file, dice = tmp_path / "deck.db", random.Random(7)
    for _ in range(ROUNDS):
        acknowledged = killed_after(file, dice.randint(1, 60))
        store = SqliteStore(file)
        found = last_number(store)
        # The commit whose acknowledgement was cut off may have been written: at most the seven numbers of one turn.
        assert acknowledged <= found <= acknowledged + 7
        whole_up_to(store, found)
        assert store._writer.connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        store.close()


def last_number(store: SqliteStore) -> int:
    stream = store.stream("writer")
    assert stream is not None
    return stream[0]


def whole_up_to(store: SqliteStore, last: int) -> None:
    """Every number up to ``last`` has had all its effects, once."""
    numbers = range(1, last + 1)
    state = store.load("a")
    assert state is not None
    assert state.values == {"list": list(numbers)[-50:], "sums": {"count": last, "total": sum(numbers)}}
    for rest in range(min(last, 5)):
        mine = [number for number in numbers if number % 5 == rest]
        other = store.load(f"b/{rest}")
        assert (other.values if other else {}) == (
            {"number": mine[-1], "map": {str(number): number for number in mine}} if mine else {}
        )
    assert sum(cell[0] for cell in store.cells("a", "series", "minute", 0, 90).values()) == last
    assert [int(cell[1]) for cell in store.cells("a", "series", "day", 0, 1).values()] == [sum(numbers)]


def test_lists_are_made_whole_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "deck.db"
    store = SqliteStore(file)
    runs = {f"run/{n:03}": [["set", "script", f"s{n % 7}"], ["set", "state", "done"]] for n in range(RUNS)}
    store.commit(Commit(changes=[TopicChange(topic, "run", ops) for topic, ops in runs.items()]))
    store._writer.connection.execute("PRAGMA user_version = 2")
    store._writer.connection.executescript("DROP INDEX events_people; DROP INDEX events_by")
    without_moving(store._writer.connection)
    store.close()
    kills = 0
    while killed_while_opening(file, steps=kills):
        kills += 1
        with sqlite3.connect(file) as left:
            assert left.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            lists = left.execute("SELECT count(*) FROM sqlite_master WHERE name = 'list:run'").fetchone()
            assert lists == (0,) or left.execute('SELECT count(*) FROM "list:run"').fetchone() == (RUNS,)
        left.close()
    assert kills > 3
    store = SqliteStore(file, all_kinds())
    assert store.count(parse_query("run", where=["script = s3"])) == sum(n % 7 == 3 for n in range(RUNS))
    store.close()


def killed_while_opening(file: Path, steps: int) -> bool:
    """Whether a process that opened the file was killed before it was open."""
    command = [sys.executable, "-c", OPEN, str(file), str(steps)]
    return subprocess.run(command, env={"PYTHONPATH": SOURCES}, check=False).returncode == -signal.SIGKILL


def test_the_lock_ends_with_its_process(tmp_path: Path) -> None:
    file = tmp_path / "deck.db"
    command = [sys.executable, "-c", HOLD, str(file)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, env={"PYTHONPATH": SOURCES}, **pipes) as process:  # type: ignore[call-overload]
        process.stdout.readline()
        with pytest.raises(StoreError) as refusal:
            SqliteStore(file)
        assert str(process.pid) in refusal.value.message
        process.kill()
    SqliteStore(file).close()
