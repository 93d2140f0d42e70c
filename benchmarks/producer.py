"""A load generator without an outbox: each event goes out as it is, and counts when the hub has acknowledged it."""

from __future__ import annotations

import http.client
import json
import time


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
        at = int(time.time() * 1_000_000)
        lines = [hello, *({"t": "patch", "at": at, **event} for event in events)]
        return b"\n".join(json.dumps(line, separators=(",", ":")).encode() for line in lines)

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
