"""Histories of decks whose scripts are renamed: the past goes over to the new name, and only then."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.hub.scripts.renames import _move_logs, successors

FILES = {"setup": 0.01, "update": (10.0, 3.0)}


def test_who_is_the_successor_of_whom() -> None:
    assert successors({"a": "v1", "b": "v2"}, {"c": "v2", "d": "v3"}) == {"c": "b"}
    assert successors({"a": "v1", "b": "v1"}, {"c": "v1"}) == {}, "two are gone, and nobody can say which it was"
    assert successors({"a": "v1"}, {"c": "v1", "d": "v1"}) == {}


def rename(deck: Any, old: str, new: str) -> None:
    deck.files[new] = deck.files.pop(old)
    deck.finder.changed.set()


def check_past(deck: Any, old: str, new: str) -> None:
    values = deck.values(new)
    assert (values["name"], values["path"]) == (new, f"scripts/{new}")
    assert values["runs"]["done"] >= 2
    assert deck.store.load(f"script/{new}/store").values["values"] == {"count": "7"}
    assert deck.store.load(f"script/{new}/panel/t").values["rows"] == [[1]]
    assert deck.counted("duration", new) >= 2
    assert {run["script"] for run in deck.runs()} == {new}
    for topic in (f"script/{old}", f"script/{old}/store", f"script/{old}/panel/t"):
        assert deck.store.load(topic) is None
    assert deck.counted("duration", old) == 0
    assert deck.worker(new).args["store"] == {"count": "7"}
    assert deck.times("setup", new) == 0, "the same files: they were set up already"


async def begin(deck: Any) -> None:
    deck.write("old", **FILES)
    await deck.start_hub()
    await asyncio.sleep(5)
    deck.board.publish("script/old/panel/t", [["set", "id", "t"], ["push", "rows", [[1]], 10_000]])
    deck.board.publish("script/old/store", [["put", "values", {"count": "7"}]])
    deck.board.record("durations", "old", {"update": [1, 2]})


def test_a_renamed_script_keeps_its_past(play: Any) -> None:
    async def history(deck: Any) -> None:
        await begin(deck)
        await asyncio.sleep(6)
        rename(deck, "old", "new")
        await asyncio.sleep(1)
        assert deck.values("old")["reason"] == "it was renamed to new"
        assert deck.values("new") == {}, "its worker still ends a run under the old name"
        await asyncio.sleep(5)
        check_past(deck, "old", "new")
        assert deck.records("durations") == {"new": {"update": [1, 2]}}
        assert ("script/new", "script.renamed", None) in deck.board.named
        await deck.until("new", state="running")

    play(history)


def test_a_rename_while_no_hub_was_there(play: Any) -> None:
    async def history(deck: Any) -> None:
        await begin(deck)
        await deck.kill_hub()
        deck.worker("old").die("ended")
        rename(deck, "old", "new")
        await deck.start_hub()
        await asyncio.sleep(4)
        assert deck.records("workers").keys() == {"new"}
        check_past(deck, "old", "new")

    play(history)


def test_a_rename_while_no_hub_was_there_and_the_worker_lives(play: Any) -> None:
    async def history(deck: Any) -> None:
        await begin(deck)
        await deck.kill_hub()
        rename(deck, "old", "new")
        await deck.start_hub()
        deck.worker("old").connect(deck.service)
        await asyncio.sleep(4)
        check_past(deck, "old", "new")

    play(history)


def test_one_that_comes_back_at_once_keeps_its_name(play: Any) -> None:
    async def history(deck: Any) -> None:
        await begin(deck)
        await asyncio.sleep(6)
        rename(deck, "old", "new")
        await asyncio.sleep(0.5)
        rename(deck, "new", "old")
        await asyncio.sleep(5)
        assert deck.values("new") == {}
        assert deck.values("old")["runs"]["done"] >= 2
        assert deck.store.load("script/old/store").values["values"] == {"count": "7"}

    play(history)


def test_a_copy_is_no_rename(play: Any) -> None:
    async def history(deck: Any) -> None:
        await begin(deck)
        deck.files["copy"] = deck.files["old"]
        deck.finder.changed.set()
        await asyncio.sleep(4)
        deck.delete("old")
        await asyncio.sleep(5)
        assert deck.store.load("script/copy/store") is None
        assert deck.store.load("script/old/store").values["values"] == {"count": "7"}

    play(history)


@pytest.mark.parametrize("kept", [False, True])
def test_logs_go_over_and_none_takes_anothers_place(tmp_path: Path, kept: bool) -> None:
    old, new = tmp_path / "script" / "a%20b", tmp_path / "script" / "new"
    for folder in (old, new) if kept else (old,):
        folder.mkdir(parents=True)
        (folder / "2026-11-21.log").write_text(folder.name)
    (old / "2026-11-20.log").write_text("before")
    _move_logs(tmp_path, "a b", "new")
    _move_logs(tmp_path, "a b", "new")
    assert (new / "2026-11-20.log").read_text() == "before"
    assert (new / "2026-11-21.log").read_text() == ("new" if kept else "a%20b")
    assert old.exists() is kept
