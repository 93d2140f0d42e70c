"""`quarterdeck run` in a terminal: what the program writes, types and is sent there is as it is without us."""

from __future__ import annotations

import fcntl
import os
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from typing import TYPE_CHECKING, Any

import pytest
from tests.e2e.producers.running import COMMAND, PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.producers.running import Runs

SHOWS = """
import os, sys, time
print([os.isatty(0), os.isatty(1), os.isatty(2)], os.get_terminal_size())
print("\\x1b[1mbold\\x1b[0m", "a\\tb")
print("back\\rover")
print("an error", file=sys.stderr)
for step in range(4):
    print(f"\\r{step} of 3", end="", file=sys.stderr)
print("\\nhalf a line", end="")
"""
TALKS = """
import os, signal, time
def resized(*_):
    print("size", *os.get_terminal_size(), flush=True)
signal.signal(signal.SIGWINCH, resized)
print("hello", input("who? "), flush=True)
try:
    print("waiting", flush=True)
    time.sleep(600)
except KeyboardInterrupt:
    print("interrupted", flush=True)
for _ in range(50):
    time.sleep(0.01)  # another interrupt would end it here
os.kill(os.getpid(), signal.SIGSTOP)
print("goes on", flush=True)
time.sleep(60)
"""
SECRET = """
import curses
def ask(screen):
    screen.addstr("password? ")
    return screen.getch(), screen.getch()
print(curses.wrapper(ask))
print("echoed?", flush=True)
input()
"""


LAST = b"(no more)"
# A program of its own, as this process must not fork: it would be a program that reports.
OWN = """
import fcntl, os, sys, termios
os.setsid()
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""


class Terminal:
    """What a person sees and types."""

    def __init__(self, columns: int) -> None:
        self.outer, self.inner = os.openpty()
        self.resize(columns)
        self.seen = b""
        self._started: list[subprocess.Popen[bytes]] = []

    def resize(self, columns: int) -> None:
        fcntl.ioctl(self.outer, termios.TIOCSWINSZ, struct.pack("HHHH", 25, columns, 0, 0))

    def start(self, command: list[str], **options: Any) -> subprocess.Popen[bytes]:
        here = {"stdin": self.inner, "stdout": self.inner, "stderr": self.inner}
        made = subprocess.Popen([sys.executable, "-c", OWN, *command], **here, **options)
        self._started.append(made)
        return made

    def type(self, text: bytes) -> None:
        os.write(self.outer, text)

    def until(self, wanted: bytes) -> None:
        until = time.monotonic() + PATIENCE
        while wanted not in self.seen:
            assert time.monotonic() < until, self.seen
            self._read(1.0)

    def rest(self, program: subprocess.Popen[bytes]) -> bytes:
        """All that it has shown by the time it has ended."""
        until = time.monotonic() + PATIENCE
        while program.poll() is None:
            assert time.monotonic() < until, self.seen
            self._read(0.05)
        # What was written takes its way through the system; this comes last.
        os.write(self.inner, LAST)
        self.until(LAST)
        self.seen = self.seen.removesuffix(LAST)
        return self.seen

    def _read(self, timeout: float) -> bool:
        if not select.select([self.outer], [], [], timeout)[0]:
            return False
        self.seen += os.read(self.outer, 65_536)
        return True

    def close(self) -> None:
        for program in self._started:
            program.kill()
            program.wait()
        os.close(self.outer)
        os.close(self.inner)


@pytest.fixture
def terminals() -> Iterator[list[Terminal]]:
    made = [Terminal(99), Terminal(99)]
    yield made
    for terminal in made:
        terminal.close()


def test_what_it_shows_is_the_same_to_the_byte(runs: Runs, terminals: list[Terminal]) -> None:
    path, options = runs.write(SHOWS), {"env": runs.deck.environment, "cwd": runs.folder}
    with_us, without = terminals
    shown = with_us.rest(with_us.start([*COMMAND, path], **options))
    assert shown == without.rest(without.start([sys.executable, path], **options))
    assert b"columns=99, lines=25" in shown
    assert b"[True, True, True]" in shown
    job = runs.wait_for("program.py", state="done", code=0)
    assert [line for line in runs.log(job) if "terminal_size" not in line] == [
        "\x1b[1mbold\x1b[0m a\tb", "over", "an error", "3 of 3", "half a line",
    ]  # fmt: skip


def test_typing_resizing_ctrl_c_and_stopping_are_as_ever(runs: Runs, terminals: list[Terminal]) -> None:
    terminal = terminals[0]
    path, options = runs.write(TALKS), {"env": runs.deck.environment, "cwd": runs.folder}
    program = terminal.start([*COMMAND, path], **options)
    terminal.until(b"who? ")
    terminal.type(b"Ann\n")
    terminal.until(b"hello Ann")
    terminal.until(b"waiting")
    terminal.resize(57)
    terminal.until(b"size 57 25")
    terminal.type(b"\x03")
    terminal.until(b"interrupted")
    job = runs.wait_for("program.py", state="running")
    until = time.monotonic() + PATIENCE
    while _state_of(job["pid"]) != "T":
        assert time.monotonic() < until, terminal.seen
        time.sleep(0.01)
    os.kill(job["pid"], signal.SIGCONT)
    terminal.until(b"goes on")
    terminal.type(b"\x03")
    seen = terminal.rest(program)
    assert program.returncode == -signal.SIGINT
    assert seen.count(b"Traceback") == 1
    ended = runs.wait_for("program.py", "traceback", state="interrupted")
    assert ended["reason"] == "it was killed by SIGINT"
    assert ended["traceback"].rstrip().endswith("KeyboardInterrupt")


def test_what_the_program_sets_of_its_terminal_holds_for_ours(runs: Runs, terminals: list[Terminal]) -> None:
    terminal = terminals[0]
    options = {"env": {**runs.deck.environment, "TERM": "xterm"}, "cwd": runs.folder}
    program = terminal.start([*COMMAND, runs.write(SECRET)], **options)
    terminal.until(b"password? ")
    terminal.type(b"xy")  # no line end: curses reads keys
    terminal.until(b"(120, 121)")
    assert b"xy" not in terminal.seen
    terminal.until(b"echoed?")
    terminal.type(b"echo\n")
    assert b"echo\r\n" in terminal.rest(program)
    assert program.returncode == 0


def _state_of(pid: int) -> str:
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        return file.read().rsplit(")", 1)[1].split()[0]
