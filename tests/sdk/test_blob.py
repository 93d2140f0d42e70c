"""Blobs of scripts and programs: made of anything, put before the event that names them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.sdk import put as putting
from quarterdeck.sdk.blob import READ_AT_ONCE, Blob, blob_of
from quarterdeck.sdk.topic import Topic


def test_a_blob_is_made_of_bytes_texts_and_files(tmp_path: Path) -> None:
    made = blob_of(b"abc", name="a.png")
    assert made == {"sha256": hashlib.sha256(b"abc").hexdigest(), "size": 3, "type": "image/png", "name": "a.png"}
    assert blob_of("ä") == {**blob_of("ä".encode()), "type": "text/plain; charset=utf-8"}
    assert blob_of(memoryview(b"x"), type="a/b")["type"] == "a/b"
    small, large = tmp_path / "small.csv", tmp_path / "large.bin"
    small.write_bytes(b"1,2")
    large.write_bytes(bytes(READ_AT_ONCE + 1))
    found = blob_of(small)
    assert (found["name"], found["type"], found.source) == ("small.csv", "text/csv", b"1,2")
    found = blob_of(large, name="x" * 300)
    assert (found.source, found["size"], len(found["name"])) == (str(large), READ_AT_ONCE + 1, 255)
    with pytest.raises(FileNotFoundError):
        blob_of(tmp_path / "none")
    with pytest.raises(TypeError, match="neither bytes, a text nor the path"):
        blob_of(5)


def test_it_is_put_before_the_event_and_only_the_newest(desk: Any, hub: Any) -> None:
    first, second, third = (blob_of(text) for text in ("1", "2", "3"))
    desk.emit("a", ["set", "f", first, "blob"])
    desk.run()
    desk.emit("a", ["set", "f", second, "blob"])
    desk.emit("a", ["set", "f", third, "blob"])
    desk.run(0.1)
    assert hub.blobs == [(first["sha256"], 0), (third["sha256"], 1)]
    assert hub.states["a"].values == {"f": third}


def test_what_is_not_taken_holds_nothing_up(desk: Any, hub: Any, transport: Any, capsys: Any) -> None:
    transport.refuse_blobs = True
    desk.emit("a", ["set", "f", blob_of("1"), "blob"], ["set", "n", 1])
    desk.run()
    assert hub.states["a"].values == {"n": 1}
    assert "a: it is too large" in capsys.readouterr().err


def test_it_is_put_again_when_the_hub_comes_back(desk: Any, hub: Any) -> None:
    hub.away = True
    desk.emit("a", ["set", "f", blob_of("1"), "blob"])
    desk.run(1)
    hub.away = False
    desk.run(5)
    assert (len(hub.blobs), hub.states["a"].values) == (1, {"f": blob_of("1")})


def test_a_file_that_went_or_changed_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a"
    blob = Blob("0" * 64, 3, "", "a", str(path))
    with pytest.raises(putting.Refused, match="the blob a of 3 bytes cannot be read"):
        putting.put("http://127.0.0.1:1", None, blob)
    path.write_bytes(b"1234")
    with pytest.raises(putting.Refused, match="has changed"):
        putting.put("http://127.0.0.1:1", None, blob)


def test_a_topic_takes_one() -> None:
    emitted: list[Any] = []

    class Client:
        def emit(self, topic: str, ops: list[Any]) -> None:
            emitted.append((topic, ops))

    topic = Topic("lab", Client)  # type: ignore[arg-type]
    topic.blob("f", b"1", name="a.png")
    topic.blob("f", None)
    assert emitted == [
        ("lab", [["set", "f", blob_of(b"1", name="a.png"), "blob"]]),
        ("lab", [["set", "f", None, "blob"]]),
    ]
