"""The transport over a unix socket, against a listener that keeps the contract."""

from __future__ import annotations

import json
import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.sdk.client import Client
from quarterdeck.sdk.socket import SocketTransport


class Listener:
    """Serves one connection after the other; ``cut`` ends the present one."""

    def __init__(self, path: Path, hub: Any) -> None:
        self.hub = hub
        self.connection: socket.socket | None = None
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(str(path))
        self._server.listen()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def say(self, frame: dict[str, Any]) -> None:
        assert self.connection is not None
        self.connection.sendall(json.dumps(frame).encode() + b"\n\n")

    def cut(self) -> None:
        assert self.connection is not None
        self.connection.shutdown(socket.SHUT_RDWR)

    def stop(self) -> None:
        if self._server.fileno() == -1:
            return
        self._server.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._server.close()

    def _serve(self) -> None:
        while True:
            try:
                self.connection, _ = self._server.accept()
            except OSError:
                return
            with self.connection, self.connection.makefile("rb") as lines:
                self._talk(lines)

    def _talk(self, lines: Any) -> None:
        message: list[bytes] = []
        stream = ""
        for line in lines:
            if line != b"\n":
                message.append(line)
                continue
            frame = json.loads(message[0])
            if frame["t"] == "hello":
                stream = frame["stream"]
                self.hub.hellos.append(frame)
                self.say({"t": "hello", "version": 1, "features": [], "acked": self.hub.last.get(stream, 0)})
            elif frame["t"] == "reply":
                self.hub.replies += map(json.loads, message)
            else:
                self.say(self.hub.take(stream, frame["batch"], b"".join(message)))
            message = []


@pytest.fixture
def listener(tmp_path: Path, hub: Any) -> Any:
    listener = Listener(tmp_path / "hub.sock", hub)
    yield listener
    listener.stop()


@pytest.fixture
def client(tmp_path: Path) -> Any:
    client = Client(SocketTransport(str(tmp_path / "hub.sock")), name="worker")
    yield client
    client.close(0.05)


def test_batches_go_out_and_are_acknowledged(listener: Listener, client: Client, hub: Any) -> None:
    for number in range(100):
        client.emit("a", [["push", "x", [number], 10], ["set", "text", "zwölf\n"]])
    assert client.flush()
    assert hub.states["a"].values == {"x": list(range(90, 100)), "text": "zwölf\n"}


@pytest.mark.long
def test_a_cut_connection_is_opened_again(listener: Listener, client: Client, hub: Any) -> None:
    for _ in range(5):
        client.emit("a", [["add", "n", {"k": 1}]])
        assert client.flush()
        listener.cut()
    client.emit("a", [["add", "n", {"k": 1}]])
    assert client.flush()
    assert hub.states["a"].values == {"n": {"k": 6}}
    assert {hello["stream"] for hello in hub.hellos} == {client.stream}
    assert len(hub.hellos) > 1


def test_calls_come_in_and_answers_go_out(listener: Listener, client: Client, hub: Any) -> None:
    called = threading.Event()

    def handle(call: Any) -> None:
        call.reply({"got": call.args})
        called.set()

    client.on_call(handle)
    client.start()
    client.emit("a", [["set", "x", 1]])
    assert client.flush()
    listener.say({"t": "call", "id": "c1", "topic": "script/a", "name": "run", "args": {"n": 1}})
    assert called.wait(5)
    assert client.flush()
    assert client.close()
    listener.stop()
    assert hub.replies == [{"t": "reply", "id": "c1", "result": {"got": {"n": 1}}}]


def test_a_hub_that_is_not_there_blocks_nobody(client: Client) -> None:
    client.emit("a", [["set", "x", 1]])
    assert not client.flush(0.01)
    assert not client.connected
