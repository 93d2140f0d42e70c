"""flask-socketio, threading mode: the full state of ten rows and the chart each time, as mtbrown/dash sends it."""

from __future__ import annotations

import sys
import time

from flask import Flask
from flask_socketio import SocketIO

app = Flask(__name__)
server = SocketIO(app, async_mode="threading", cors_allowed_origins="*")


def produce(rate: int) -> None:
    """Make the changes, ``rate`` a second, drift-free."""
    rows: list[list[object]] = []
    points: list[list[object]] = []
    start, count = time.perf_counter(), 0
    while True:
        born = f"@{time.time():.6f}@"
        rows = [["", count, "steady", 21.5], *rows][:10]
        points = [*points, [count, 21.5]][-10:]
        server.emit("table", {"born": born, "rows": rows})
        server.emit("chart", {"points": points})
        count += 1
        time.sleep(max(0.0, start + count / rate - time.perf_counter()))


if __name__ == "__main__":
    server.start_background_task(produce, int(sys.argv[2]))
    print("up", flush=True)
    server.run(app, "127.0.0.1", int(sys.argv[1]), allow_unsafe_werkzeug=True)
