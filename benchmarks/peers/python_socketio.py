"""python-socketio under uvicorn: two emits an update, one row and one point, to everyone."""

from __future__ import annotations

import asyncio
import sys
import time

import socketio
import uvicorn

server = socketio.AsyncServer(async_mode="asgi", cors_allowed_origins="*")


async def produce(rate: int) -> None:
    """Make the changes, ``rate`` a second, drift-free."""
    start, count = time.perf_counter(), 0
    while True:
        born = f"@{time.time():.6f}@"
        await server.emit("row", {"row": [born, count, "steady", 21.5]})
        await server.emit("point", {"point": [count, 21.5]})
        count += 1
        await asyncio.sleep(max(0.0, start + count / rate - time.perf_counter()))


async def main(port: int, rate: int) -> None:
    """Serve and produce until killed."""
    config = uvicorn.Config(socketio.ASGIApp(server), "127.0.0.1", port, log_level="warning", loop="uvloop")
    producing = asyncio.create_task(produce(rate))
    print("up", flush=True)
    await uvicorn.Server(config).serve()
    producing.cancel()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
