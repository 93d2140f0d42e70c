"""The log of a program, brought to a hub that takes it, has less of it, is away, or takes no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from quarterdeck.program.posting import PIECE, Posting
from quarterdeck.sdk.transport import Denied

if TYPE_CHECKING:
    from pathlib import Path


class Hub:
    """What it has; ``fault`` is what it answers instead, ``most`` how much it takes."""

    def __init__(self) -> None:
        self.has = b""
        self.fault: Exception | None = None
        self.most = 1 << 30
        self.asked = 0

    def post(self, at: int, piece: bytes) -> int:
        self.asked += 1
        if self.fault is not None:
            raise self.fault
        if at <= len(self.has):
            self.has = (self.has + piece[len(self.has) - at :])[: self.most]
        return len(self.has)


@pytest.fixture
def world(tmp_path: Path) -> Any:
    path = tmp_path / "log"
    path.touch()
    hub = Hub()
    return path, hub, Posting(str(path), hub.post)


def test_whole_lines_go_in_pieces(world: Any) -> None:
    path, hub, posting = world
    text = b"x" * 99 + b"\n"
    path.write_bytes(text * 10_000 + b"half")
    while posting.step():
        pass
    assert hub.has == text * 10_000
    assert hub.asked == -(-len(hub.has) // (PIECE // 100 * 100))


def test_a_hub_that_was_away_or_lost_some_gets_it_from_there(world: Any) -> None:
    path, hub, posting = world
    path.write_bytes(b"one\ntwo\n")
    hub.fault = ConnectionRefusedError()
    assert not posting.step()
    hub.fault = None
    assert posting.step()
    hub.has = b"one\n"
    path.write_bytes(b"one\ntwo\nthree\n")
    while posting.step():
        pass
    assert hub.has == b"one\ntwo\nthree\n"


@pytest.mark.parametrize("full", [True, False])
def test_a_hub_that_takes_no_more_is_left_alone(world: Any, full: bool) -> None:
    path, hub, posting = world
    path.write_bytes(b"one\ntwo\n")
    if full:
        hub.most = 0
    else:
        hub.fault = Denied("no")
    for _ in range(3):
        assert not posting.step()
    assert hub.asked == 1


def test_at_the_end_the_rest_is_sent_and_waited_for(world: Any) -> None:
    path, hub, posting = world
    posting.start()
    path.write_bytes(b"one\n" * 500_000)
    posting.finish()
    posting.wait(10)
    assert hub.has == b"one\n" * 500_000
