"""The places of a deck, and the files by which a hub is found."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.cli.serving import room_needed
from quarterdeck.hub import discovery
from quarterdeck.hub.deck import Deck, DeckError
from quarterdeck.store.contract import StoreError


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


def test_a_full_disk_is_told_with_its_mend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def mkdir(*_args: Any, **_options: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    deck = Deck(tmp_path)
    monkeypatch.setattr(Path, "mkdir", mkdir)
    with pytest.raises(DeckError, match="free 20 MB or more") as caught:
        deck.prepare()
    assert caught.value.code == "full"
    assert str(deck.own) in caught.value.message


def test_a_file_that_a_full_disk_left_empty_is_written_again(tmp_path: Path) -> None:
    deck = Deck(tmp_path)
    deck.own.mkdir()
    (deck.own / ".gitignore").touch()
    deck.prepare()
    assert (deck.own / ".gitignore").read_text().endswith("*\n")


def test_a_hub_that_starts_says_what_one_that_runs_waits_for(tmp_path: Path) -> None:
    deck = Deck(tmp_path)
    with pytest.raises(DeckError, match="cannot start"), room_needed(deck):
        raise StoreError("full", "The store cannot be written: the disk is full.", "Free space; the hub tries again.")
    with pytest.raises(StoreError, match="damaged"), room_needed(deck):
        raise StoreError("corrupt", "The store cannot be read: the file is damaged.", "Restore the last backup.")


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


def test_hubs_that_run_are_found_by_their_ports_and_the_files_of_dead_ones_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    for port, pid in ((8080, os.getpid()), (8099, os.getpid()), (8081, os.getppid()), (8082, None)):
        discovery.write(discovery.port_file(port), {"pid": pid})
    assert {found["pid"] for found in discovery.living()} == {os.getpid(), os.getppid()}
    discovery.remove_ports(os.getpid())
    assert [found["pid"] for found in discovery.living()] == [os.getppid()]
    assert len(list((tmp_path / "quarterdeck").iterdir())) == 1
