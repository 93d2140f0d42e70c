"""A hub that lives beside this program: the ordinary one, in a process of its own that ends with this one.

A pipe that this program holds open tells it that the program lives; nothing else could, when that is killed.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import shutil
import subprocess
import sys
import time
from importlib.util import find_spec

import quarterdeck
from quarterdeck.sdk.discovery import port_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

START = 60.0
"""Seconds in which a hub starts, on a machine that is very busy."""
_MEND = 'pip install "quarterdeck[hub]"'


class HubBeside:
    """A hub on the lowest and the highest free port of ``ports``; ``said`` is what it tells of itself.

    Its jobs are in ``folder``, which goes with it.  Raises ImportError if the hub is not installed, OSError if there
    are no two free ports, RuntimeError if it does not start.
    """

    def __init__(self, ports: Iterable[int], host: str) -> None:
        if find_spec("uvicorn") is None:
            raise ImportError(f"a dashboard needs the server's part, which is not installed: {_MEND}")
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "quarterdeck", "dashboard", "--beside", "--host", host, *_range(ports)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=_environment(),
            # What the terminal sends to this program, Ctrl-C above all, is not for the hub.
            start_new_session=True,
        )
        self.said: dict[str, Any] = {}
        try:
            self.said = self._hear()
        finally:
            if not self.said:
                self.end(0.0)
        self.folder: str = self.said["folder"]

    @property
    def lives(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def end(self, patience: float) -> None:
        """End it, and wait for that; one that has not within so many seconds is killed, and leaves nothing either."""
        self._let_go()
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.returncode != 0 and self.said:
            self._tidy()

    def forked(self) -> None:
        """In a forked child: the hub is the parent's, and must not live for as long as the child does."""
        self._let_go()
        self._process.returncode = 0

    def _tidy(self) -> None:
        """Remove what a hub that was killed has left."""
        shutil.rmtree(os.path.dirname(self.folder), ignore_errors=True)
        for name in ("dashboard_port_nr", "manager_port_nr"):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(port_file(self.said[name]))

    def _let_go(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def _hear(self) -> dict[str, Any]:
        line = self._line()
        if not line.endswith(b"\n"):
            code = self._process.poll()
            why = (
                f"it was not ready within {START:g} s" if code is None else f"it ended with {code}, and said why above"
            )
            raise RuntimeError(f"the dashboard's hub does not start: {why}")
        said: dict[str, Any] = json.loads(line)
        error = said.get("error")
        if error is None:
            return said
        message = f"{error['message']} {error['hint']}".rstrip()
        raise OSError(message) if error["code"].startswith(("port-", "host-")) else RuntimeError(message)

    def _line(self) -> bytes:
        """Its one line; less if it ends, or takes too long."""
        assert self._process.stdout is not None
        descriptor, until, line = self._process.stdout.fileno(), time.monotonic() + START, b""
        with selectors.DefaultSelector() as selector:
            selector.register(descriptor, selectors.EVENT_READ)
            while not line.endswith(b"\n") and selector.select(max(0.0, until - time.monotonic())):
                chunk = os.read(descriptor, 65536)
                if not chunk:
                    break
                line += chunk
        return line


def _range(ports: Iterable[int]) -> tuple[str, str]:
    spans: list[list[int]] = []
    for port in sorted(set(ports)):
        if spans and port == spans[-1][1]:
            spans[-1][1] += 1
        else:
            spans.append([port, port + 1])
    if sum(end - first for first, end in spans) < 2:
        raise OSError("a dashboard needs a range of two ports or more")
    return "--port-range", ",".join(f"{first}-{end}" for first, end in spans)


def _environment() -> dict[str, str]:
    """This program's, without what it was told of its own hub, and with the way to this very package."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("QUARTERDECK_")}
    package = os.path.dirname(os.path.dirname(quarterdeck.__file__))
    return {**kept, "PYTHONPATH": os.pathsep.join(filter(None, [package, kept.get("PYTHONPATH")]))}
