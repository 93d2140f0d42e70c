"""The hub for users' tests is the real one, and leaves nothing behind."""

from __future__ import annotations

import threading

import pytest

import quarterdeck as qd
import quarterdeck.testing
from quarterdeck.sdk import default
from quarterdeck.sdk.transport import Denied


def test_what_is_emitted_is_there() -> None:
    with quarterdeck.testing.hub() as hub:
        room = qd.topic("lab/x")
        room.set(value=21.5)
        room.push("latest", 1, 2, 3, cap=2)
        room.record("latency", 0.25)
        assert hub.state("lab/x") == {"value": 21.5, "latest": [2, 3]}
        assert hub.state("lab/y") is None
        room.end()
        assert hub.state("lab/x") is None


def test_whoever_connects_meanwhile_speaks_to_it() -> None:
    with quarterdeck.testing.hub() as hub:
        client = qd.connect("http://nowhere:1", "token")
        client.emit("job/1", [["set", "state", "done"]], "job.finished")
        assert hub.state("job/1")["state"] == "done"
        assert hub.events == [("job/1", "job.finished")]


def test_what_does_not_fit_is_counted_as_by_any_hub(capsys: pytest.CaptureFixture[str]) -> None:
    with quarterdeck.testing.hub() as hub:
        qd.topic("lab/x").set(value=1)
        qd.topic("lab/x").push("value", 2)
        qd.topic("script/x").set(state="idle")
        assert hub.refused == 2
        assert hub.state("lab/x") == {"value": 1}
    assert "script/x" in capsys.readouterr().err


def test_one_hub_after_the_other_and_nothing_is_left() -> None:
    before, threads = default._in_use.client, threading.active_count()
    for value in range(3):
        with quarterdeck.testing.hub() as hub:
            assert hub.state("lab/x") is None
            qd.topic("lab/x").set(value=value)
    assert default._in_use.client is before
    assert default._in_use.stand_in is None
    assert threading.active_count() == threads


def test_it_has_no_address_to_watch() -> None:
    with quarterdeck.testing.hub(), pytest.raises((Denied, ConnectionError), match="no address"):
        next(iter(qd.topic("lab/x").watch()))


def test_who_speaks_to_it_after_its_end_finds_it_gone() -> None:
    async def look() -> None:
        raise AssertionError("nobody is there to run this")

    with quarterdeck.testing.hub() as ended:
        assert ended.events == []
    with pytest.raises(ConnectionError, match="has ended"):
        ended.soon(print)
    with pytest.raises(ConnectionError, match="has ended"):
        ended.do(look())
