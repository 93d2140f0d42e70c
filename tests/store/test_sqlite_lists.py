"""The tables that lists are read from: they say what the topics say, whatever happened to topics, kinds and file."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from tests.many import many
from tests.store.conftest import KINDS, commit_of
from tests.store.older import without_moving
from tests.store.test_equality import START, BigHistories, Cut, everything_moves

from quarterdeck.core.fold import TopicState, fold
from quarterdeck.core.ops import Refused
from quarterdeck.kinds.kind import Kind
from quarterdeck.store.contract import Commit, TopicChange
from quarterdeck.store.query import KindColumns, parse_query, plain_value
from quarterdeck.store.rules import is_big
from quarterdeck.store.sqlite import SqliteStore

# Names that SQLite alone would not tell apart, and a column that only one of the kinds has.
TWO = (Kind("Boat", "boat/*", columns=("a", "A", "b", "^a")), Kind("boat", "boat/*", columns=("b", "10")))
OLD_INDEX = (
    "CREATE INDEX \"list:run:{0}:topic\" ON topics (json_extract(scalars, '$.\"{0}\"'), topic) WHERE kind = 'run'"
)
RUNS = {f"run/{n}": [["set", "script", "a" if n % 2 else "b"], ["set", "started", 9 - n]] for n in range(4)}


def listed(store: SqliteStore, kind: str) -> dict[str, tuple[Any, ...]]:
    """What the table of a kind holds."""
    name = "".join(f"^{letter}" if letter.isupper() else letter for letter in kind)
    rows = store._writer.connection.execute(f'SELECT * FROM "list:{name}"')
    return {row[0]: row[1:] for row in rows}


def wanted(store: SqliteStore, topics: dict[str, str | None], kind: KindColumns) -> dict[str, tuple[Any, ...]]:
    """What it should hold: topic -> columns, of these topics and their kinds."""
    states = {topic: store.load(topic) for topic, mine in topics.items() if mine == kind.name}
    return {topic: tuple(column(state, name) for name in kind.columns) for topic, state in states.items() if state}


def column(state: TopicState, name: str) -> Any:
    small = state.types.get(name, [""])[0] in ("scalar", "blob") and not is_big(state.values.get(name))
    return plain_value(state.values.get(name)) if small else None


@pytest.mark.parametrize("number", many(8))
def test_lists_say_what_the_topics_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    seed = START + number
    everything_moves(monkeypatch, number % 2 == 0)
    histories = BigHistories(seed, ("a", "b", "10", "A"))
    dice, store = histories.rnd, SqliteStore(tmp_path / "deck.db", TWO)
    states = {f"boat/{n}": TopicState() for n in range(4)}
    kinds: dict[str, str | None] = dict.fromkeys(states)
    cut = Cut(store)
    for turn in range(20):
        changes = []
        for topic in dice.sample(sorted(states), 2):
            kinds[topic] = dice.choice(["Boat", "boat", None, kinds[topic], kinds[topic]])
            ops = tried(states[topic], [["drop"]]) if dice.random() < 0.1 else []
            ops += tried(states[topic], [["set", "b", dice.choice([1, 1.0, True, "1", [1], None])]])
            ops += [op for event in histories.accepted(states[topic], 2) for op in event]
            changes.append(TopicChange(topic, kinds[topic], ops))
        while cut.short(Commit(str(turn), changes=changes)):
            pass
        for kind in TWO:
            assert listed(store, kind.name) == wanted(store, kinds, kind), f"seed {seed}"
    store.close()


def tried(state: TopicState, ops: list[list[Any]]) -> list[list[Any]]:
    """The event, if the state takes it."""
    try:
        fold(state, ops)
    except Refused:
        return []
    return ops


def test_what_moves_beside_the_columns_does_not_write_to_the_list(sqlite: SqliteStore) -> None:
    sqlite.commit(commit_of({"run/a": [["set", "script", "a"], ["set", "rate", 1]]}))
    statements: list[str] = []
    sqlite._writer.connection.set_trace_callback(statements.append)
    sqlite.commit(commit_of({"run/a": [["set", "rate", 2], ["set", "script", "a"]]}))
    assert [text for text in statements if "list:" in text] == []
    sqlite.commit(commit_of({"run/a": [["set", "state", "done"]]}))
    (update,) = [text for text in statements if "list:" in text]
    assert update == """UPDATE "list:run" SET "state" = 'done' WHERE topic = 'run/a'"""


def test_a_topic_that_ends_leaves_its_list(sqlite: SqliteStore) -> None:
    sqlite.commit(commit_of(RUNS))
    sqlite._writer._rows.clear()
    sqlite.commit(commit_of({"run/0": [["drop"]], "run/1": [["drop", "script"]]}))
    assert set(listed(sqlite, "run")) == {"run/1", "run/2", "run/3"}
    sqlite.commit(commit_of({topic: [["drop"]] for topic in RUNS}))
    assert listed(sqlite, "run") == {}


def test_lists_follow_the_kinds(tmp_path: Path) -> None:
    def names(kinds: tuple[object, ...]) -> set[str]:
        store = SqliteStore(tmp_path / "deck.db", kinds)  # type: ignore[arg-type]
        found = store._writer.connection.execute("SELECT name FROM sqlite_master WHERE name LIKE 'list:%'").fetchall()
        store.close()
        return {name for (name,) in found}

    columns = ("script", "state", "started", "note", "script:started")
    wanted = {"list:run", "list:query", "list:passing", *(f"list:run:{column}:topic" for column in columns)}
    assert names(KINDS) == wanted
    assert names(()) == set()
    assert names(KINDS) == wanted


def test_a_kind_that_comes_later_or_changes_finds_what_there_was(tmp_path: Path) -> None:
    def found(kinds: tuple[Kind, ...], where: list[str], **changes: list[Any]) -> str:
        store = SqliteStore(tmp_path / "deck.db", kinds)
        page = store.topics(parse_query("run", where=where, order="-topic")).items if kinds else []
        store.commit(commit_of({topic.replace("_", "/"): ops for topic, ops in changes.items()}))
        store.close()
        return "".join(item.topic[-1] for item in page)

    assert found((), [], **{topic.replace("/", "_"): ops for topic, ops in RUNS.items()}) == ""
    assert found(KINDS, ["script = a"]) == "31"
    assert found((), [], run_5=[["set", "script", "a"]], run_1=[["drop"]]) == ""
    assert found(KINDS, ["script = a"]) == "53"
    assert found((Kind("run", "run/*", columns=("started",)),), ["started > 7"], run_3=[["set", "script", "b"]]) == "0"
    assert found(KINDS, ["script = a"]) == "5"


def test_what_moved_beside_the_row_is_in_the_list_of_a_column_that_comes_later(tmp_path: Path) -> None:
    file, long = tmp_path / "deck.db", ["set", "called", "x" * 1000]
    store = SqliteStore(file, KINDS)
    store.commit(commit_of({"run/a": [long, ["set", "started", 1], ["set", "done", 1]], "run/b": [["set", "done", 2]]}))
    store.commit(commit_of({"run/a": [["set", "done", 3]]}))
    assert store._writer.connection.execute("SELECT scalars FROM moving").fetchall() == [('{"done":3}',)]
    store.close()
    again = SqliteStore(file, (Kind("run", "run/*", columns=("done",)),))
    page = again.topics(parse_query("run", where=["done > 0"], order="-done"), whole=False)
    assert [item.state.values["done"] for item in page.items] == [3, 2]
    again.commit(commit_of({"run/a": [["set", "done", 4], ["set", "started", 5]]}))
    state = again.load("run/a")
    assert state is not None
    assert (state.values["done"], state.values["started"]) == (4, 5)
    assert again._writer.connection.execute("SELECT count(*) FROM moving").fetchone() == (0,)
    again.close()


@pytest.mark.parametrize("version", [2, 3])
def test_a_file_from_before_the_lists_gets_them(tmp_path: Path, version: int) -> None:
    file = older_file(tmp_path / "deck.db", version)
    store = SqliteStore(file, KINDS)
    assert listed(store, "run") == {f"run/{n}": ("a" if n % 2 else "b", None, 9 - n, None) for n in range(4)}
    page = store.topics(parse_query("run", where=["script = a"], order="started"))
    assert [item.topic for item in page.items] == ["run/3", "run/1"]
    tables = store._writer.connection.execute("SELECT DISTINCT tbl_name FROM sqlite_master WHERE name LIKE 'list:%'")
    assert {name for (name,) in tables} == {"list:run", "list:query", "list:passing"}
    store.close()


def older_file(file: Path, version: int) -> Path:
    """A file as Quarterdeck wrote it when lists were indexes of all topics."""
    store = SqliteStore(file, ())
    store.commit(commit_of(RUNS))
    store.close()
    with sqlite3.connect(file) as older:
        for column in ("script", "started"):
            older.execute(OLD_INDEX.format(column))
        without_moving(older)
        if version < 3:
            older.executescript("DROP INDEX events_people; DROP INDEX events_by;")
        older.execute(f"PRAGMA user_version = {version}")
    older.close()
    return file


@pytest.mark.parametrize(
    ("asked", "way"),
    [
        ({"order": "-started"}, "SCAN member USING COVERING INDEX list:run:started:topic"),
        (
            {"where": ["script = a"], "order": "-started"},
            "SEARCH member USING COVERING INDEX list:run:script:started:topic",
        ),
        ({"where": ["state = failed"]}, "SEARCH member USING COVERING INDEX list:run:state:topic"),
        ({}, "SCAN member"),
        ({"prefix": "run/a"}, "SEARCH member USING PRIMARY KEY (topic>? AND topic<?)"),
        ({"where": ["note ^= a"], "order": "note"}, "SEARCH member USING COVERING INDEX list:run:note:topic"),
    ],
)
def test_lists_are_read_in_their_order(sqlite: SqliteStore, asked: dict[str, Any], way: str) -> None:
    (plan,) = plans(sqlite, asked)
    assert way in plan
    assert "TEMP B-TREE" not in plan


def test_of_two_indexes_the_one_that_few_fit_is_read(sqlite: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quarterdeck.store.sqlite.terms._NARROW", 1)
    states = {"run/a": "failed", "run/b": "done", "run/c": "done"}
    sqlite.commit(commit_of({run: [["set", "script", "a"], ["set", "state", state]] for run, state in states.items()}))
    (plan,) = plans(sqlite, {"where": ["script = a", "state = failed"], "order": "-started"})
    assert "USING INDEX list:run:state:topic" in plan


def plans(store: SqliteStore, asked: dict[str, Any]) -> list[str]:
    """How SQLite finds the members of a page."""
    statements: list[str] = []
    with store._search() as connection:
        connection.set_trace_callback(statements.append)
    store.topics(parse_query("run", **asked))
    asking = [text for text in statements if 'FROM "list:run"' in text and "count(*)" not in text]
    explained = (store._writer.connection.execute(f"EXPLAIN QUERY PLAN {text}").fetchall() for text in asking)
    return [str(steps) for steps in explained]
