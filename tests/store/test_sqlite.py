"""What only the SQLite store promises: few rows a change, one writer, migrations, and errors with the mend."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.store.conftest import KINDS, cells, commit_of
from tests.store.older import put_cells, with_plain_cells

from quarterdeck.core.series import MINUTE_US, merge_cells
from quarterdeck.store.contract import Commit, StoreError, TopicChange
from quarterdeck.store.lock import FileLock
from quarterdeck.store.query import parse_query
from quarterdeck.store.sqlite import SqliteStore
from quarterdeck.store.sqlite.failures import store_error
from quarterdeck.store.sqlite.schema import MIGRATIONS


def rows_written(store: SqliteStore, *operations: list[object]) -> int:
    connection = store._writer.connection
    before = connection.total_changes
    store.commit(commit_of({"a": list(operations)}))
    return connection.total_changes - before


def log_size(store: SqliteStore) -> int:
    return store.path.with_name(store.path.name + "-wal").stat().st_size


def refused(path: Path, migrations: Path = MIGRATIONS) -> StoreError:
    with pytest.raises(StoreError) as refusal:
        SqliteStore(path, KINDS, migrations=migrations)
    return refusal.value


def test_a_push_to_a_long_list_writes_one_row(sqlite: SqliteStore) -> None:
    sqlite.commit(commit_of({"a": [["push", "points", [[n, n] for n in range(9_000)], 10_000]]}))
    assert rows_written(sqlite, ["push", "points", [[1, 2]], 10_000]) == 1
    before = log_size(sqlite)
    rows_written(sqlite, ["push", "points", [[1, 2]], 10_000])
    assert log_size(sqlite) - before < 5 * 4200


def test_a_push_to_a_full_list_writes_one_row_and_removes_one(sqlite: SqliteStore) -> None:
    sqlite.commit(commit_of({"a": [["push", "points", list(range(10_000)), 10_000]]}))
    assert rows_written(sqlite, ["push", "points", [1], 10_000]) == 2


def test_one_entry_one_counter_one_scalar_are_one_row_each(sqlite: SqliteStore) -> None:
    many = {str(n): n for n in range(5_000)}
    sqlite.commit(commit_of({"a": [["put", "m", many], ["add", "c", many], ["set", "x", 1]]}))
    assert rows_written(sqlite, ["put", "m", {"7": 8}]) == 1
    assert rows_written(sqlite, ["drop", "m", "7"]) == 1
    assert rows_written(sqlite, ["add", "c", {"7": 1}]) == 1
    assert rows_written(sqlite, ["set", "x", 2]) == 1


def test_what_moves_does_not_write_again_what_stays(sqlite: SqliteStore) -> None:
    topics = {f"a/{n}": [["set", "called", "x" * 1000], ["set", "done", 0]] for n in range(100)}
    sqlite.commit(commit_of(topics))
    sqlite.commit(commit_of({topic: [["set", "done", 1]] for topic in topics}))
    before = log_size(sqlite)
    sqlite.commit(commit_of({topic: [["set", "done", 2]] for topic in topics}))
    assert log_size(sqlite) - before < 5 * 4200
    assert [item.state.values["done"] for item in sqlite.topics(parse_query(prefix="a")).items] == [2] * 100
    sqlite.commit(commit_of({topic: [["drop"]] for topic in topics}))
    assert sqlite._writer.connection.execute("SELECT count(*) FROM moving").fetchone() == (0,)


def test_what_begins_whole_is_written_from_its_operations_and_read_when_it_changes(sqlite: SqliteStore) -> None:
    begun: list[list[Any]] = [["push", "tail", [], 2], ["set", "script", "a"], ["push", "tail", [[1, "O", "x"]], 2]]
    sqlite.commit(commit_of({"run/a": begun, "run/b": [*begun, ["put", "m", {"k": 1}]]}))
    assert list(sqlite._writer._rows) == ["run/b"]
    # One commit may speak of a topic twice.
    twice = [TopicChange("run/c", "run", begun), TopicChange("run/c", "run", [["set", "script", "b"]])]
    sqlite.commit(Commit(changes=[*twice, TopicChange("run/a", "run", [["push", "tail", [2, 3], 2]])]))
    found = {item.topic: item.state.values for item in sqlite.topics(parse_query("run", where=["script = b"])).items}
    assert found == {"run/c": {"script": "b", "tail": [[1, "O", "x"]]}}
    state = sqlite.load("run/a")
    assert state is not None
    assert (state.values, state.types["tail"]) == ({"script": "a", "tail": [2, 3]}, ["list", 2])


def test_a_small_change_beside_a_big_text_does_not_write_the_text(sqlite: SqliteStore) -> None:
    sqlite.commit(commit_of({"a": [["set", "grid", "x" * 60_000], ["set", "x", 1]]}))
    before = log_size(sqlite)
    rows_written(sqlite, ["set", "x", 2])
    assert log_size(sqlite) - before < 5 * 4200


def test_a_failed_commit_leaves_nothing(sqlite: SqliteStore) -> None:
    sqlite.commit(commit_of({"a": [["push", "l", [1], 5], ["record", "s", cells((1, 1))]]}))
    bad = commit_of({"a": [["push", "l", [2], 5], ["record", "s", cells((1, 1))], ["set", "x", object()]]})
    bad.streams["s"] = (1, "")
    with pytest.raises(TypeError):
        sqlite.commit(bad)
    sqlite.commit(commit_of({"a": [["push", "l", [3], 5], ["record", "s", cells((1, 1))]]}))
    state = sqlite.load("a")
    assert state is not None
    assert state.values == {"l": [1, 3]}
    assert sqlite.cells("a", "s", "minute", 0, 9)[1][0] == 2
    assert sqlite.stream("s") is None


def test_everything_is_there_after_a_restart(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "deck.db", KINDS)
    birth: list[list[Any]] = [["push", "l", [1, 2], 7], ["put", "m", {"": 1}], ["record", "s", cells((1, 1)), 0.5]]
    store.commit(commit_of({"a": [*birth, ["set", "text", "x" * 9999]]}))
    store.commit(Commit(id="one", changes=commit_of({"a": [["push", "l", [3], 7]]}).changes))
    before, deck = store.load("a"), store.deck_id
    store.close()
    again = SqliteStore(tmp_path / "deck.db", KINDS)
    assert (again.load("a"), again.deck_id) == (before, deck)
    again.commit(Commit(id="one", changes=commit_of({"a": [["push", "l", [4], 7]]}).changes))
    again.commit(commit_of({"a": [["record", "s", cells((1, 1)), 0.5]], "b": [["set", "x", 1]]}))
    assert again.load("a") == before
    assert again.cells("a", "s", "day", 0, 9)[0][0] == 2
    again.close()


def test_a_commit_survives_a_power_cut_as_far_as_sqlite_can(sqlite: SqliteStore) -> None:
    connection = sqlite._writer.connection
    settings = ("journal_mode", "synchronous", "fullfsync", "checkpoint_fullfsync")
    assert [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in settings] == ["wal", 2, 1, 1]


def test_the_reader_cannot_write(sqlite: SqliteStore) -> None:
    with pytest.raises(StoreError), sqlite._read() as connection:
        connection.execute("DELETE FROM topics")


def test_a_search_keeps_nobody_from_loading(sqlite: SqliteStore) -> None:
    sqlite.commit(commit_of({"run/a": [["set", "state", "done"]]}))
    with sqlite._search():
        assert sqlite.load("run/a") is not None
        assert sqlite.topics(parse_query(prefix="run")).items


def test_a_second_writer_learns_who_is_the_first(sqlite: SqliteStore) -> None:
    refusal = refused(sqlite.path)
    assert refusal.code == "locked"
    assert str(os.getpid()) in refusal.message
    assert "ask a running hub" in refusal.hint


def test_a_lock_is_given_up_once(tmp_path: Path) -> None:
    file = tmp_path / "deck.db"
    lock = FileLock(file)
    with pytest.raises(StoreError):
        FileLock(file)
    lock.release()
    lock.release()
    FileLock(file).release()


def test_a_refused_file_is_unlocked_again(tmp_path: Path) -> None:
    file = tmp_path / "deck.db"
    file.write_bytes(b"no database at all " * 1000)
    refusal = refused(file)
    assert refusal.code == "corrupt"
    assert "restore" in refusal.hint
    FileLock(file).release()


def test_its_files_are_for_this_user_alone(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "deck.db", KINDS)
    store.commit(commit_of({"a": [["set", "x", 1]]}))
    names = {path.name: oct(path.stat().st_mode & 0o777) for path in tmp_path.iterdir()}
    assert names == dict.fromkeys(("deck.db", "deck.db-wal", "deck.db-shm", "deck.db.lock"), "0o600")
    store.close()


def test_no_room_for_the_files_beside_it_is_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR_SHMSIZE
    assert store_error(tmp_path / "deck.db", "opened", error).code == "broken"
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=4096))
    assert store_error(tmp_path / "deck.db", "opened", error).code == "full"


def test_a_damaged_page_is_told(tmp_path: Path) -> None:
    file = tmp_path / "deck.db"
    store = SqliteStore(file, KINDS)
    store.commit(commit_of({f"a/{n}": [["set", "x", "y" * 500]] for n in range(1000)}))
    store.close()
    content = bytearray(file.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    file.write_bytes(content)
    assert refused(file).code == "corrupt"


def test_the_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "deck.db"
    with sqlite3.connect(file) as other:
        other.execute("CREATE TABLE theirs (x)")
    other.close()
    before = file.read_bytes()
    assert refused(file).code == "foreign"
    assert file.read_bytes() == before


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    assert "does not exist" in refused(tmp_path / "nowhere" / "deck.db").message


def more_migrations(folder: Path, script: str) -> Path:
    folder.mkdir()
    for step in MIGRATIONS.glob("*.sql"):
        (folder / step.name).write_text(step.read_text("utf-8"), "utf-8")
    (folder / f"{len(list(folder.iterdir())) + 1:04d}_next.sql").write_text(script, "utf-8")
    return folder


def test_an_older_file_is_brought_up_and_a_newer_one_refused(tmp_path: Path) -> None:
    file = tmp_path / "deck.db"
    store = SqliteStore(file, KINDS)
    store.commit(commit_of({"a": [["set", "x", 1]]}))
    store.close()
    migrations = more_migrations(tmp_path / "more", "ALTER TABLE topics ADD COLUMN seen INTEGER;")
    newer = SqliteStore(file, KINDS, migrations=migrations)
    assert newer.load("a") is not None
    assert newer._writer.connection.execute("SELECT seen FROM topics").fetchall() == [(None,)]
    newer.close()
    refusal = refused(file)
    assert refusal.code == "newer"
    assert "pip install -U" in refusal.hint


def test_a_migration_that_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "deck.db"
    SqliteStore(file, KINDS).close()
    broken = more_migrations(tmp_path / "more", "CREATE TABLE half (x); INSERT INTO nosuch VALUES (1);")
    assert refused(file, broken).code == "broken"
    again = SqliteStore(file, KINDS)
    tables = {name for (name,) in again._writer.connection.execute("SELECT name FROM sqlite_master")}
    assert "half" not in tables
    again.close()


def test_a_full_disk_is_told_and_passes(sqlite: SqliteStore) -> None:
    sqlite.commit(commit_of({"a": [["set", "x", 1]]}))
    connection = sqlite._writer.connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")
    big = commit_of({f"b/{n}": [["set", "x", "y" * 3000]] for n in range(50)})
    with pytest.raises(StoreError) as failure:
        sqlite.commit(big)
    assert failure.value.code == "full"
    assert "Free space" in failure.value.hint
    assert sqlite.load("b/1") is None
    connection.execute("PRAGMA max_page_count = 1000000")
    sqlite.commit(big)
    assert sqlite.load("b/49") is not None


def test_a_closed_store_says_so(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "deck.db", KINDS)
    store.close()
    store.close()
    with pytest.raises(StoreError) as failure:
        store.load("a")
    assert failure.value.code == "closed"


def test_cells_of_an_older_file_are_packed(tmp_path: Path) -> None:
    file = tmp_path / "deck.db"
    store = SqliteStore(file, KINDS)
    store.commit(commit_of({"a": [["record", "s", {}], ["record", "t", {}]]}))
    store.close()
    minutes = {int(at): cell for at, cell in cells((60, 5), (119, -(10**20)), (180, 0)).items()}
    minutes[60] = merge_cells(minutes[60], [2**60, 0, -1, 5, [7, 5], {"-1": 1, "42": str(2**60 - 1)}])
    hours = {0: merge_cells(minutes[60], minutes[119])}
    with sqlite3.connect(file) as older:
        with_plain_cells(older)
        (topic,) = older.execute("SELECT id FROM topics").fetchone()
        put_cells(older, "minute", topic, "s", minutes)
        put_cells(older, "hour", topic, "t", hours)
        put_cells(older, "day", topic, "t", hours)
        older.execute("PRAGMA user_version = 5")
    older.close()
    store = SqliteStore(file, KINDS)
    assert store.cells("a", "s", "minute", 0, 1440) == minutes
    assert store.cells("a", "t", "hour", 0, 1440) == store.cells("a", "t", "day", 0, 1440) == hours
    whole = merge_cells(merge_cells(minutes[60], minutes[119]), minutes[180])
    assert store.cells("a", "s", "day", 0, 1440) == {0: whole}
    later = commit_of({"a": [["set", "x", 1]]})
    later.at = 10_000 * MINUTE_US  # the minutes have passed
    store.commit(later)
    assert store.cells("a", "s", "day", 0, 1440) == {0: whole}
    store.close()
