"""Starts the ordinary hub in a process of its own, and hears in one line where it is, or why it is nowhere."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import time
from importlib.util import find_spec

import quarterdeck

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

START = 60.0
"""Seconds in which a hub starts, on a machine that is very busy."""
MEND = 'pip install "quarterdeck[hub]"'


class Started:
    """A hub that was started by ``quarterdeck dashboard`` and these arguments; ``said`` is what it tells of itself.

    Its standard input is open to us; what is ``told`` is written there.  Raises ImportError if the hub is not
    installed, HubError if it does not start.
    """

    def __init__(self, *arguments: str, told: bytes = b"") -> None:
        if find_spec("uvicorn") is None:
            raise ImportError(f"a dashboard needs the server's part, which is not installed: {MEND}")
        self.process = subprocess.Popen(
            [python(), "-P", "-m", "quarterdeck", "dashboard", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=_environment(),
            # What the terminal sends to this program, Ctrl-C above all, is not for the hub.
            start_new_session=True,
        )
        self.said: dict[str, Any] = {}
        try:
            if told:
                self._tell(told)
            self.said = self._hear()
        finally:
            if not self.said:
                self.end(0.0)

    @property
    def lives(self) -> bool:
        """Whether it has not ended."""
        return self.process.poll() is None

    def end(self, patience: float) -> None:
        """Let go of it, and wait for its end; one that has not ended within so many seconds is killed."""
        self.let_go()
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def let_go(self) -> None:
        """Close its pipes."""
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()

    def disown(self) -> None:
        """Let go of it for good: it is another process's child, or lives on by itself."""
        self.let_go()
        self.process.returncode = 0

    def _tell(self, told: bytes) -> None:
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(told)
            self.process.stdin.close()
        except BrokenPipeError:
            return  # It has ended already, and says why.

    def _hear(self) -> dict[str, Any]:
        line = self._line()
        if not line.endswith(b"\n"):
            code = self.process.poll()
            why = (
                f"it was not ready within {START:g} s" if code is None else f"it ended with {code}, and said why above"
            )
            raise HubError(f"the dashboard's hub does not start: {why}")
        said: dict[str, Any] = json.loads(line)
        error = said.get("error")
        if error is None:
            return said
        raise HubError(f"{error['message']} {error['hint']}".rstrip(), error["code"])

    def _line(self) -> bytes:
        """Its one line; less if it ends, or takes too long."""
        assert self.process.stdout is not None
        descriptor, until, line = self.process.stdout.fileno(), time.monotonic() + START, b""
        with selectors.DefaultSelector() as selector:
            selector.register(descriptor, selectors.EVENT_READ)
            while not line.endswith(b"\n") and selector.select(max(0.0, until - time.monotonic())):
                chunk = os.read(descriptor, 65536)
                if not chunk:
                    break
                line += chunk
        return line


def python() -> str:
    """The interpreter that this program runs in; servers that have one inside of them call themselves that."""
    if os.path.basename(sys.executable or "").startswith(("python", "pypy")):
        return sys.executable
    found = (os.path.join(sys.prefix, "bin", name) for name in ("python", "python3"))
    return next(filter(os.path.exists, found), "python3")


class HubError(RuntimeError):
    """It does not start; ``code`` is the one that the hub gives, if it gives any."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


def _environment() -> dict[str, str]:
    """This program's, without what it was told of its own hub, and with the way to this very package."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("QUARTERDECK_")}
    package = os.path.dirname(os.path.dirname(quarterdeck.__file__))
    return {**kept, "PYTHONPATH": os.pathsep.join(filter(None, [package, kept.get("PYTHONPATH")]))}
