"""The folder of blobs: what comes in whole is kept, what nobody names goes."""

from __future__ import annotations

import hashlib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from quarterdeck.core.ops import Refused
from quarterdeck.hub.blobs import GRACE, WHOLE_EVERY, Blobs
from quarterdeck.hub.commits import Commits
from quarterdeck.hub.exchange import Exchange
from quarterdeck.hub.peers import ADMIN
from quarterdeck.kinds import all_kinds
from quarterdeck.store.contract import Commit, TopicChange
from quarterdeck.store.memory import MemoryStore
from quarterdeck.testing.clock import FakeClock

CONTENT = b"what is big"
NAME = hashlib.sha256(CONTENT).hexdigest()
VALUE = {"sha256": NAME, "size": len(CONTENT), "type": "text/plain", "name": "a.txt"}


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore(all_kinds())


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def blobs(tmp_path: Path, store: MemoryStore, clock: FakeClock) -> Blobs:
    return Blobs(tmp_path, store, clock, 1_000_000)


def put(blobs: Blobs, *parts: bytes, name: str = NAME) -> None:
    incoming = blobs.receive(name)
    for part in parts:
        incoming.write(part)
    incoming.finish()


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_what_comes_whole_is_kept_once(blobs: Blobs, tmp_path: Path) -> None:
    put(blobs, b"what ", b"is big")
    put(blobs, CONTENT)
    assert blobs.path(NAME).read_bytes() == CONTENT
    assert files(tmp_path) == [NAME]


def test_another_file_than_it_says_is_refused(blobs: Blobs, tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(Refused, match="has not the SHA-256") as refused:
            put(blobs, b"something else")
        assert refused.value.code == "blob-hash"
        assert files(tmp_path) in ([], [NAME])
        put(blobs, CONTENT)
    assert blobs.path(NAME).read_bytes() == CONTENT


def test_the_last_of_the_disk_is_not_for_blobs(blobs: Blobs, monkeypatch: pytest.MonkeyPatch) -> None:
    put(blobs, CONTENT)
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=5 << 20))
    with pytest.raises(Refused, match="the disk has 5 MB left") as refused:
        put(blobs, b"more", name=hashlib.sha256(b"more").hexdigest())
    assert refused.value.code == "blob-room"
    assert blobs.renew(NAME), "what is there stays"


def test_what_broke_off_leaves_nothing(blobs: Blobs, tmp_path: Path) -> None:
    incoming = blobs.receive(NAME)
    incoming.write(b"what ")
    incoming.abandon()
    incoming.abandon()
    assert (files(tmp_path), blobs.renew(NAME)) == ([], False)


def test_what_nobody_names_goes_after_a_while(blobs: Blobs, clock: FakeClock, store: MemoryStore) -> None:
    put(blobs, CONTENT)
    assert blobs.tidy() == 0, "its event may be on its way"
    clock.advance(GRACE / 1e6 - 1)
    assert blobs.renew(NAME), "an event names it"
    clock.advance(2)
    assert blobs.tidy() == 0, "what it is in is not committed yet"
    store.commit(Commit(changes=[TopicChange("a", None, [["set", "f", VALUE, "blob"]])]))
    clock.advance(GRACE / 1e6 + 1)
    assert blobs.tidy() == 0, "a state names it"
    store.commit(Commit(changes=[TopicChange("a", None, [["drop"]])]))
    clock.advance(WHOLE_EVERY / 1e6)
    assert blobs.tidy() == 1
    assert not blobs.renew(NAME)


def test_what_came_lately_goes_without_looking_at_all(blobs: Blobs, clock: FakeClock, tmp_path: Path) -> None:
    blobs.tidy()
    clock.advance(GRACE / 1e6)
    blobs.tidy()
    put(blobs, CONTENT)
    old = blobs.receive("ab" * 32)
    old.write(b"it broke off, and its hub died")
    clock.advance(GRACE / 1e6 + 1)
    assert blobs.tidy() == 1
    assert len(files(tmp_path)) == 1
    old.abandon()


def test_what_the_hub_before_has_left_goes_soon(
    blobs: Blobs, clock: FakeClock, store: MemoryStore, tmp_path: Path
) -> None:
    put(blobs, CONTENT)
    following = Blobs(tmp_path, store, clock, 1_000_000)
    assert following.tidy() == 0
    clock.advance(GRACE / 1e6 + 1)
    assert (following.tidy(), files(tmp_path)) == (1, [])


@pytest.mark.asyncio
async def test_an_event_may_only_name_what_is_there(blobs: Blobs, store: MemoryStore, clock: FakeClock) -> None:
    commits = Commits(store, clock, delay=0.0)
    exchange = Exchange(store, commits, clock, blobs=blobs)
    sent = 0

    def send(*ops: list[Any]) -> list[str]:
        nonlocal sent
        sent += 1
        frame = {"t": "patch", "topic": "lab", "ops": list(ops)}
        return [refusal["code"] for refusal in exchange.streams.accept("s", sent, [frame], ADMIN)["refused"]]

    assert send(["set", "file", VALUE, "blob"]) == ["blob-missing"]
    assert send(["set", "looks", VALUE], ["set", "file", None, "blob"]) == []
    assert send(["set", "file", VALUE]) == ["blob-missing"]
    put(blobs, CONTENT)
    assert send(["set", "file", VALUE]) == []
    assert send(["set", "file", {"sha256": NAME}, "blob"]) == ["malformed"]
    state = exchange.board.state("lab")
    assert state is not None
    assert state.values == {"looks": VALUE, "file": VALUE}
    await commits.close()
