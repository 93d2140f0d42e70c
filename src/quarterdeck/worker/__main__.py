"""``python -m quarterdeck.worker``: started by the hub, one process a script.

It is told by the environment: QUARTERDECK_SOCKET, QUARTERDECK_SPAWN (a token for its hello), QUARTERDECK_SCRIPT (the
name), QUARTERDECK_PATH (the folder or module), QUARTERDECK_LOGS (the folder of logs).  A process that runs beside the
script's worker, for one run, has that run's id in QUARTERDECK_BESIDE.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import sys

from quarterdeck.core.topics import join
from quarterdeck.sdk.client import Client
from quarterdeck.sdk.socket import SocketTransport
from quarterdeck.worker.begun import Begun
from quarterdeck.worker.clock import SystemClock
from quarterdeck.worker.logfile import LogFile
from quarterdeck.worker.worker import Worker

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from quarterdeck.sdk.calls import Call

_NEEDED = ("QUARTERDECK_SOCKET", "QUARTERDECK_SPAWN", "QUARTERDECK_SCRIPT", "QUARTERDECK_PATH", "QUARTERDECK_LOGS")


def main() -> int:
    """Serve until the end; the exit code."""
    missing = [name for name in _NEEDED if not os.environ.get(name)]
    if missing:
        told = f"quarterdeck.worker is started by the hub, which sets {', '.join(missing)}; run: quarterdeck up"
        sys.stderr.write(f"{told}\n")
        return 2
    # Taken away, so that what the script starts does not take itself for its worker.
    socket, token, name, path, logs = (os.environ.pop(each) for each in _NEEDED)
    beside = os.environ.pop("QUARTERDECK_BESIDE", "")
    faulthandler.enable()
    sys.argv = [path]
    worker = _make(socket, token, name, path, logs, beside)
    os.register_at_fork(after_in_child=worker.forget)
    signal.signal(signal.SIGTERM, worker.end_by_signal)
    signal.signal(signal.SIGINT, worker.end_by_signal)
    with worker.output:
        worker.serve()
    return 0


def _make(socket: str, token: str, name: str, path: str, logs: str, beside: str) -> Worker:
    place = join("script", name, "beside", beside) if beside else join("script", name)

    def connect(state: Callable[[], dict[str, Any]], take: Callable[[Call], None]) -> Client:
        client = Client(
            SocketTransport(socket),
            name=f"worker of {name}",
            token=token,
            claims=[place],
            state=state,
            exit_timeout=2.0,
        )
        client.on_call(take)
        client.start()
        return client

    spill = os.path.join(logs, place, "output.log")
    log = LogFile(logs, join("script", name), beside)
    return Worker(connect, name, path, log, Begun(logs, place), SystemClock(), spill)


if __name__ == "__main__":
    sys.exit(main())
