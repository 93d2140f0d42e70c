from __future__ import annotations

import gc
import os
import threading
import time
import warnings
from typing import Any

import pytest

from quarterdeck.sdk.client import Client
from quarterdeck.sdk.keeping import Keeping
from quarterdeck.sdk.report import Report


@pytest.mark.long
def test_events_of_many_threads_all_arrive(hub: Any, transport: Any) -> None:
    client = Client(transport)

    def count() -> None:
        for _ in range(5_000):
            client.emit("a", [["add", "n", {"k": 1}]])

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert client.close(10)
    assert hub.states["a"].values == {"n": {"k": 20_000}}
    assert client.refused == client.dropped == 0


def test_pushes_keep_their_order_among_other_events(hub: Any, transport: Any) -> None:
    client = Client(transport)
    push = client.pusher("a", "points", 3)
    push((1, 0.5))
    client.emit("a", [["drop", "points"]])
    for x in (2, 3, 4, 5):
        push((x, 0.5))
    client.emit("a", [["set", "label", "x"]])
    assert client.flush()
    assert hub.states["a"].values == {"points": [[3, 0.5], [4, 0.5], [5, 0.5]], "label": "x"}
    assert client.close()


def test_events_together_are_in_one_batch(hub: Any, transport: Any) -> None:
    client = Client(transport)
    ended = ("run/1", [["set", "state", "done"]], "run.done")
    client.emit_all([("a/store", [["put", "values", {"n": "1"}]], None), ended])
    assert client.close()
    assert len(hub.batches) == 1
    assert hub.events == [("run/1", "run.done")]


@pytest.mark.long
def test_a_destructor_that_emits_in_the_middle_of_anything_does_no_harm(hub: Any, transport: Any) -> None:
    client = Client(transport)

    class Bar:
        def __init__(self) -> None:
            self.me = self

        def __del__(self) -> None:
            client.emit("a", [["add", "n", {"closed": 1}]])
            closed.append(1)

    closed: list[int] = []
    before = gc.get_threshold()
    gc.set_threshold(5)
    try:
        for _ in range(3_000):
            Bar()
            client.emit("b", [["put", "m", {"k": [1]}]])
    finally:
        gc.set_threshold(*before)
    until = time.monotonic() + 10
    while len(closed) < 3_000 and time.monotonic() < until:
        gc.collect()  # which leaves alone what another thread is collecting right now
    assert client.close(10)
    assert hub.states["a"].values == {"n": {"closed": 3_000}}


def test_a_claim_of_one_that_is_connected_is_told_at_once(hub: Any, transport: Any) -> None:
    client = Client(transport)
    client.emit("a", [["set", "x", 1]])
    assert client.flush()
    client.claim("job/1", lambda call: call.reply())
    client.emit("a", [["set", "x", 2]])
    assert client.flush()
    assert [hello.get("claims") for hello in hub.hellos] == [None, ["job/1"]]
    assert client.close()


def test_flush_says_whether_the_hub_has_everything(hub: Any, transport: Any) -> None:
    hub.away = True
    client = Client(transport)
    client.emit("a", [["set", "x", 1]])
    assert not client.flush(0.01)
    assert not client.connected
    hub.away = False
    assert client.flush(5)
    assert client.connected
    assert client.close()


def test_a_closed_client_takes_nothing_and_says_nothing(hub: Any, transport: Any) -> None:
    client = Client(transport)
    assert client.close()
    client.emit("a", [["set", "x", 1]])
    assert client.close()
    assert hub.states == {}


def test_hello_says_who_we_are(hub: Any, transport: Any) -> None:
    runs = iter(["r1", "r2"])
    client = Client(
        transport, name="sample worker", token="secret", claims=["script/sample"], state=lambda: {"run": next(runs)}
    )
    client.start()
    assert client.flush()
    client.emit("a", [["set", "x", 1]])
    assert client.flush()
    transport.cut()
    client.emit("a", [["set", "x", 2]])
    assert client.flush()
    assert client.close()
    assert hub.hellos[0] == {
        "t": "hello", "version": 1, "features": [], "stream": client.stream, "name": "sample worker", "token": "secret",
        "claims": ["script/sample"], "state": {"run": "r1"},
    }  # fmt: skip
    assert hub.hellos[1]["state"] == {"run": "r2"}


def test_a_forked_child_is_a_new_stream_with_an_empty_outbox(hub: Any, transport: Any) -> None:
    hub.away = True
    client = Client(transport)
    client.emit("a", [["set", "x", 1]])
    client.flush(0.01)
    stream = client.stream
    read, write = os.pipe()
    with warnings.catch_warnings():
        # Python 3.12 warns of what this test is about.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        ok = False
        try:
            hub.away = False
            client.emit("b", [["set", "x", 2]])
            ok = client.flush(5) and list(hub.states) == ["b"] and client.stream != stream and transport.forgotten == 1
        finally:
            os.write(write, b"1" if ok else b"0")
            os._exit(0)
    os.waitpid(child, 0)
    assert os.read(read, 1) == b"1"
    os.close(read)
    os.close(write)
    hub.away = False
    assert client.close(5)
    assert list(hub.states) == ["a"]
    assert client.stream == stream


def test_nobody_waits_for_a_hub_that_has_been_silent_for_long(
    hub: Any, transport: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("quarterdeck.sdk.sender.SILENT", 0.0)
    asked, answers, send = threading.Event(), threading.Event(), transport.send

    def frozen(*what: Any) -> None:
        asked.set()
        answers.wait(30)
        send(*what)

    transport.send = frozen
    report = Report()
    client = Client(transport, report=report, keeping=Keeping(transport.forward, lambda: None, report))
    client.emit("a", [["set", "x", 1]])
    assert asked.wait(30)
    closing = threading.Thread(target=client.close, args=(30,))
    closing.start()
    closing.join(15)
    assert not closing.is_alive()
    answers.set()


def test_the_time_for_which_an_answer_has_been_due_counts_as_waited(
    hub: Any, transport: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("quarterdeck.sdk.client.LEAST", 0.0)
    client = Client(transport)
    hub.away = True
    client.emit("a", [["set", "x", 1]])
    monkeypatch.setattr(client._sender, "silence", lambda: 30.0)
    closing = threading.Thread(target=client.close, args=(30,))
    closing.start()
    closing.join(15)
    assert not closing.is_alive()


def test_nobody_waits_long_for_a_hub_that_is_away(hub: Any, transport: Any) -> None:
    hub.away = True
    report = Report()
    client = Client(transport, report=report, keeping=Keeping(transport.forward, lambda: None, report))
    client.emit("a", [["set", "x", 1]])
    began = time.monotonic()
    assert not client.close(30)
    assert time.monotonic() - began < 5
