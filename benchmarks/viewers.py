"""Many viewers in one process: they connect, say what they want, and note how old each update is on arrival.

Run as ``python -m benchmarks.viewers URL COUNT SECONDS [HEADER...]`` with the messages to send on standard input, one a
line.  An update carries its time of birth as ``@unix seconds@``; the result is one JSON object on standard output:
updates, frames, bytes (all viewers), and the median and the 99th percentile of the ages of a sample, in milliseconds.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time

import picows
import uvloop

from benchmarks.figures import percentile

BIRTH = re.compile(rb"@(\d+\.\d+)@")
ENGINE_PING, ENGINE_PONG = b"2", "3"
SAMPLE = 200_000


class Tally:
    """What all viewers of this process have received since ``open`` became true."""

    def __init__(self) -> None:
        self.open = False
        self.updates = self.frames = self.size = 0
        self.ages: list[float] = []

    def take(self, payload: bytes) -> None:
        """Count one frame and the updates in it."""
        now = time.time()
        births = BIRTH.findall(payload)
        if not self.open:
            return
        self.frames += 1
        self.size += len(payload)
        self.updates += len(births)
        if len(self.ages) < SAMPLE:
            self.ages += [(now - float(birth)) * 1000 for birth in births]


class Viewer(picows.WSListener):  # type: ignore[misc]
    """One connection; answers the pings of engine.io so that socket.io peers keep it."""

    def __init__(self, tally: Tally) -> None:
        super().__init__()
        self.tally = tally

    def on_ws_frame(self, transport: picows.WSTransport, frame: picows.WSFrame) -> None:
        """Called for each frame that arrives."""
        payload = frame.get_payload_as_bytes()
        if payload == ENGINE_PING:
            transport.send(picows.WSMsgType.TEXT, ENGINE_PONG.encode())
        else:
            self.tally.take(payload)


async def watch(url: str, count: int, seconds: float, headers: dict[str, str], messages: list[str]) -> Tally:
    """Connect all viewers, let them settle for a second, then count for ``seconds``."""
    tally = Tally()
    transports = []
    for _ in range(count):
        transport, _listener = await picows.ws_connect(lambda: Viewer(tally), url, extra_headers=headers)
        for message in messages:
            transport.send(picows.WSMsgType.TEXT, message.encode())
        transports.append(transport)
    await asyncio.sleep(1)
    print("ready", flush=True)
    tally.open = True
    await asyncio.sleep(seconds)
    tally.open = False
    for transport in transports:
        transport.disconnect()
    return tally


def main() -> None:
    """The process: arguments in, one JSON object out."""
    url, count, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    headers = dict(part.split(": ", 1) for part in sys.argv[4:])
    messages = [line for line in sys.stdin.read().splitlines() if line]
    tally = uvloop.run(watch(url, count, seconds, headers, messages))
    ages = tally.ages or [float("inf")]
    result = {"updates": tally.updates, "frames": tally.frames, "bytes": tally.size}
    print(json.dumps({**result, "p50": percentile(ages, 0.5), "p99": percentile(ages, 0.99)}))


if __name__ == "__main__":
    main()
