"""``quarterdeck watch``: a topic's snapshot and patches, as JSON lines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from quarterdeck.cli import target
from quarterdeck.core.frames import VERSION
from quarterdeck.errors import QuarterdeckError

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    parser.add_argument("topic", metavar="TOPIC", help="such as script/sample; with --prefix everything below it too")
    parser.add_argument("--prefix", action="store_true")
    parser.add_argument("--once", action="store_true", help="the snapshot alone")
    target.configure(parser)


def run(options: argparse.Namespace) -> int:
    """Print frames until Ctrl-C."""
    from websockets.exceptions import ConnectionClosed, InvalidHandshake
    from websockets.sync.client import connect

    client = target.need_hub(target.find_deck(options.deck))
    wanted = {"prefix": options.topic} if options.prefix else {"topics": [options.topic]}
    hello = {"t": "hello", "version": VERSION, "features": [], "name": "quarterdeck watch"}
    url = "ws" + client.url.removeprefix("http") + "/api/live"
    headers = {"Authorization": f"Bearer {client.token}"}
    try:
        with connect(url, additional_headers=headers, compression=None, max_size=None) as socket:
            socket.send(json.dumps(hello) + "\n" + json.dumps({"t": "watch", "id": "w", **wanted}))
            for message in socket:
                if _print(str(message)) and options.once:
                    return 0
    except KeyboardInterrupt:
        return 0
    except (ConnectionClosed, InvalidHandshake, OSError) as error:
        raise QuarterdeckError(
            "unreachable", f"The hub closed the connection: {error}.", "quarterdeck doctor"
        ) from None
    return 0


def _print(message: str) -> bool:
    """Print snapshots and patches; returns whether the watch has been answered."""
    answered = False
    for line in filter(None, message.split("\n")):
        frame = json.loads(line)
        if frame.get("t") in ("snapshot", "patch"):
            print(line, flush=True)
        if frame.get("t") == "reply" and frame.get("error"):
            error = frame["error"]
            raise QuarterdeckError(error["code"], error["message"], error.get("hint", ""))
        answered = answered or frame.get("t") == "reply"
    return answered
