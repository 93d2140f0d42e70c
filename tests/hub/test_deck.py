"""The places of a deck, and the files by which a hub is found."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from quarterdeck.hub import discovery
from quarterdeck.hub.deck import Deck, DeckError


def test_own_folder_is_private_and_not_in_git(tmp_path: Path) -> None:
    deck = Deck(tmp_path)
    assert not deck.is_deck()
    deck.prepare()
    assert deck.own.stat().st_mode & 0o777 == 0o700
    assert (deck.own / ".gitignore").read_text().endswith("*\n")
    assert deck.is_deck()


def test_missing_folder_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(DeckError, match="quarterdeck new deck"):
        Deck(tmp_path / "nowhere")


def test_discovery_is_private_and_replaced_at_once(tmp_path: Path) -> None:
    path = tmp_path / "state" / "hub.json"
    discovery.write(path, {"url": "http://127.0.0.1:1", "pid": os.getpid()})
    discovery.write(path, {"url": "http://127.0.0.1:2", "pid": os.getpid()})
    assert path.stat().st_mode & 0o777 == 0o600
    assert discovery.read(path)["url"] == "http://127.0.0.1:2"
    assert [found.name for found in path.parent.iterdir()] == ["hub.json"]


def test_withdrawing_spares_the_file_of_another_hub(tmp_path: Path) -> None:
    path = tmp_path / "hub.json"
    discovery.write(path, {"url": "http://127.0.0.1:1", "pid": 1})
    discovery.withdraw(path, 2)
    assert discovery.read(path)["pid"] == 1
    discovery.withdraw(path, 1)
    assert discovery.read(path)["pid"] is None


def test_broken_discovery_reads_as_none(tmp_path: Path) -> None:
    (tmp_path / "hub.json").write_text("{")
    assert discovery.read(tmp_path / "hub.json") == {}
    assert discovery.read(tmp_path / "none.json") == {}
