"""Blobs: their fields come back, and the store knows which topics name one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.store.conftest import commit_of

from quarterdeck.core.fold import TopicState
from quarterdeck.store.contract import NAMING, Store
from quarterdeck.store.query import parse_query

Change = Callable[..., None]


def file(digit: str) -> dict[str, Any]:
    return {"sha256": digit * 64, "size": 3, "type": "image/png", "name": "a.png"}


def test_a_blob_field_comes_back(store: Store, change: Change) -> None:
    change("a", ["set", "b", None, "blob"], ["set", "s", file("1")])
    assert store.load("a") == TopicState({"b": None, "s": file("1")}, {"b": ["blob"], "s": ["scalar"]})
    change("a", ["set", "b", file("2")])
    found = store.load("a")
    assert found == TopicState({"b": file("2"), "s": file("1")}, {"b": ["blob"], "s": ["scalar"]})
    page = store.topics(parse_query(prefix="a"), whole=False)
    assert page.items[0].state == found
    change("a", ["drop", "b"])
    assert store.load("a") == TopicState({"s": file("1")}, {"b": ["blob"], "s": ["scalar"]})


def test_it_knows_who_names_a_blob(store: Store, change: Change) -> None:
    change("a", ["set", "b", file("1"), "blob"], ["set", "c", file("1"), "blob"], ["set", "s", file("2")])
    change("b", ["set", "b", file("1"), "blob"])
    assert sorted(store.naming("1" * 64)) == ["a", "b"]
    assert store.naming("2" * 64) == [], "a scalar names nothing"
    change("a", ["set", "b", None])
    change("b", ["set", "b", file("3")])
    assert (store.naming("1" * 64), store.naming("3" * 64)) == (["a"], ["b"])
    change("a", ["drop", "c"])
    change("b", ["drop"])
    assert (store.naming("1" * 64), store.naming("3" * 64)) == ([], [])
    change("b", ["set", "b", file("4"), "blob"], ["drop"])
    assert store.naming("4" * 64) == []


def test_it_tells_some_of_very_many(store: Store) -> None:
    store.commit(commit_of({f"t/{n}": [["set", "b", file("5"), "blob"]] for n in range(NAMING + 5)}))
    assert len(store.naming("5" * 64)) == NAMING
