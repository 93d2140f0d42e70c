"""Load generators without an outbox: each event goes out as it is, and counts when the hub has acknowledged it."""

from __future__ import annotations

import http.client
import json
import threading
import time

from websockets.sync.client import connect


def lines(events: list[dict[str, object]], batch: int | None = None) -> str:
    """Events as the frames of one message."""
    at = int(time.time() * 1_000_000)
    numbered = {} if batch is None else {"batch": batch}
    frames = [{"t": "patch", "at": at, **event, **numbered} for event in events]
    return "\n".join(json.dumps(frame, separators=(",", ":")) for frame in frames)


class Producer:
    """One stream over one kept connection; ``send`` returns when the batch is durable."""

    def __init__(self, port: int, token: str, stream: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/x-ndjson"}
        self.stream = stream
        self.batch = 0

    def body(self, events: list[dict[str, object]]) -> bytes:
        """The frames of a batch, as bytes."""
        hello = {"t": "hello", "version": 1, "features": [], "name": self.stream}
        return "\n".join([json.dumps(hello), lines(events)]).encode()

    def send(self, events: list[dict[str, object]]) -> None:
        """Send one batch; raises RuntimeError if any of it was not accepted."""
        self.send_body(self.body(events))

    def send_body(self, body: bytes) -> None:
        """Send one batch that is bytes already."""
        self.batch += 1
        path = f"/api/frames?stream={self.stream}&batch={self.batch}"
        self.connection.request("POST", path, body, self.headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status != 200 or json.loads(text).get("refused"):
            raise RuntimeError(f"batch {self.batch} was not accepted: {answer.status} {text[:300]!r}")

    def close(self) -> None:
        """Leave."""
        self.connection.close()


class SocketProducer:
    """One stream over one WebSocket, as a fast producer does it: batches go out as they come, answers come back."""

    def __init__(self, port: int, token: str, stream: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        self.socket = connect(f"ws://127.0.0.1:{port}/api/live", additional_headers=headers, compression=None)
        self.batch = self.acked = 0
        self.trouble = ""
        self.socket.send(json.dumps({"t": "hello", "version": 1, "features": [], "stream": stream}))
        self.socket.recv()
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self) -> None:
        for message in self.socket:
            for line in str(message).splitlines():
                reply = json.loads(line)
                if "error" in reply or reply.get("refused"):
                    self.trouble = line
                self.acked += 1

    def send(self, events: list[dict[str, object]]) -> None:
        """Send one batch, without waiting."""
        self.batch += 1
        self.socket.send(lines(events, self.batch))

    def close(self) -> None:
        """Wait for the acknowledgements and leave; raises RuntimeError if they are not all there and good."""
        until = time.monotonic() + 5
        while self.acked < self.batch and time.monotonic() < until:
            time.sleep(0.01)
        self.socket.close()
        self.reader.join()
        if self.trouble or self.acked < self.batch:
            raise RuntimeError(f"{self.acked} of {self.batch} batches were acknowledged; {self.trouble}")
