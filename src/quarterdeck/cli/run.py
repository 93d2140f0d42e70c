"""``quarterdeck run``: any Python program, seen on the hub."""

from __future__ import annotations

import argparse
import os
import re
import sys
from typing import NamedTuple

from quarterdeck.errors import QuarterdeckError

_PATIENCE = 0.25
_PYTHON = re.compile(r"python[0-9.]*")
_USAGE = "quarterdeck run [--name NAME] [--] FILE | -m MODULE | -c CODE [ARGS ...]"
_HELP = """
  FILE ARGS        run a file, as python FILE ARGS does
  -m MODULE ARGS   run a module
  -c CODE ARGS     run a text
  --name NAME      what it is called on the hub (default: what the file or module is called)
"""


class RunError(QuarterdeckError):
    """``code`` is usage-program."""


class Program(NamedTuple):
    """Python's ``arguments``, and what the program is called."""

    arguments: list[str]
    name: str


def configure(parser: argparse.ArgumentParser) -> None:
    """Its arguments: all from the program on are the program's, so nothing of them is read here."""
    parser.usage = _USAGE
    parser.prefix_chars = "\0"
    parser.add_argument("words", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)


def run(options: argparse.Namespace) -> int:
    """Run it; its exit code."""
    if options.words[:1] in (["-h"], ["--help"]):
        print(f"usage: {_USAGE}\n{_HELP}", end="")
        return 0
    program = read(options.words)
    logs = _hub()
    from quarterdeck.program.program import run as run_program

    return run_program(program.arguments, program.name, logs)


def read(words: list[str]) -> Program:
    """What is to be run; raises RunError."""
    name, rest = "", list(words)
    while rest[:1] and rest[0].split("=")[0] == "--name":
        _, equals, name = rest.pop(0).partition("=")
        if not equals:
            name = rest.pop(0) if rest else ""
    rest = rest[1:] if rest[:1] == ["--"] else rest
    flag = rest[0] if rest[:1] in (["-m"], ["-c"]) else ""
    if not rest[bool(flag) :] or (not flag and rest[0].startswith("-") and rest[0] != "-"):
        what = f"{' '.join(rest)} is no program." if rest else "There is nothing to run."
        raise RunError("usage-program", what, f"usage: {_USAGE}")
    if len(rest) > 1 and _PYTHON.fullmatch(rest[0]) and not os.path.exists(rest[0]):
        hint = f"say what it is to run, without {rest[0]}: quarterdeck run {' '.join(rest[1:])}"
        raise RunError("usage-program", f"There is no file {rest[0]} here.", hint)
    called = flag if flag == "-c" else os.path.basename(rest[bool(flag)])
    return Program(rest, name or called)


def _hub() -> str | None:
    """Say so if there is no hub; the folder of its logs if it is on this machine."""
    from quarterdeck.sdk import discovery
    from quarterdeck.sdk.transport import Denied

    try:
        url, _ = discovery.find(None, None)
    except Denied as denied:
        _say(denied.message)
        return None
    if not discovery.listens(url, _PATIENCE):
        _say(f"no hub answers at {url}; start it with `quarterdeck up`")
    return discovery.logs_folder(url)


def _say(why: str) -> None:
    if sys.stderr is not None:
        sys.stderr.write(f"quarterdeck run: {why}; the program runs all the same\n")
        sys.stderr.flush()
