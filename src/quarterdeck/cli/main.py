"""``quarterdeck``: finds the command, runs it, and says what went wrong.  Commands load when they are called."""

from __future__ import annotations

import argparse
import difflib
import errno
import importlib
import sys
from typing import TYPE_CHECKING, Protocol

from quarterdeck.errors import QuarterdeckError

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = {
    "up": "start the hub for a deck",
    "dashboard": "a hub without a deck of one's own, for the progress of programs",
    "demo": "up, on a fresh copy of the demo deck",
    "new": "make a deck or a script",
    "ls": "what is on deck",
    "status": "how the deck, or one script, is",
    "run": "run any Python program, seen on the hub",
    "trigger": "run a scheduled script now",
    "cancel": "end a run, or stop the program of a job",
    "pause": "let the schedules of a script, or of one hook, start nothing",
    "resume": "let paused schedules go on",
    "logs": "the log of a script's or a program's latest run, or of a run",
    "watch": "a topic's snapshot and patches, as JSON lines",
    "token": "make, list and remove tokens",
    "user": "add, list and remove users, change passwords",
    "login-link": "a link that logs in once, for 15 minutes",
    "prune": "let go of runs and logs beyond the limits of what is kept",
    "collect": "run a project's own tests several times, with the endpoints that they ask",
    "doctor": "what is wrong here, and how to mend it",
}
FAILED, MISUSED = 1, 2


class Command(Protocol):
    """What a command's module has."""

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Say which arguments there are."""
        ...

    def run(self, options: argparse.Namespace) -> int:
        """Do it; returns the exit code, raises QuarterdeckError."""
        ...


def entry() -> None:
    """The console script."""
    sys.exit(main(sys.argv[1:]))


def main(arguments: Sequence[str]) -> int:
    """Run one command; returns 0, 1 (it failed) or 2 (used wrongly)."""
    name, rest = (arguments[0], arguments[1:]) if arguments else ("--help", ())
    if name in ("-h", "--help", "help"):
        print(_usage())
        return 0 if arguments else MISUSED
    if name in ("-V", "--version"):
        from quarterdeck.version import __version__

        print(f"quarterdeck {__version__}")
        return 0
    if name not in COMMANDS:
        near = difflib.get_close_matches(name, COMMANDS, 1)
        hint = f"did you mean {near[0]}?" if near else "list them: quarterdeck --help"
        print(f"quarterdeck: there is no command {name!r}; {hint}", file=sys.stderr)
        return MISUSED
    return _run(name, rest)


def _run(name: str, arguments: Sequence[str]) -> int:
    try:
        command = load(name)
        parser = parser_of(name, command)
        return command.run(parser.parse_args(arguments))
    except SystemExit as ended:  # argparse has said what is wrong
        return ended.code if isinstance(ended.code, int) else FAILED
    except QuarterdeckError as error:
        print(f"quarterdeck {name}: {error.message}", file=sys.stderr)
        if error.hint:
            print(error.hint, file=sys.stderr)
        return MISUSED if error.code.startswith("usage") else FAILED
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("quarterdeck"):
            raise
        print(f"quarterdeck {name}: the package {error.name} is missing", file=sys.stderr)
        print('Install the server\'s part: pip install "quarterdeck[hub]"', file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return FAILED
    except BrokenPipeError:
        sys.stderr.close()
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
            raise
        print(f"quarterdeck {name}: the disk cannot be written: {error}", file=sys.stderr)
        print("Free space on the disk of the deck, or make it writable, and try again.", file=sys.stderr)
    return FAILED


def load(name: str) -> Command:
    """The module of a command."""
    module: Command = importlib.import_module(f"quarterdeck.cli.{name.replace('-', '_')}")
    return module


def parser_of(name: str, command: Command) -> argparse.ArgumentParser:
    """The parser of one command."""
    parser = argparse.ArgumentParser(f"quarterdeck {name}", description=f"{COMMANDS[name].capitalize()}.")
    command.configure(parser)
    return parser


def _usage() -> str:
    lines = [f"  {name:<12} {said}" for name, said in COMMANDS.items()]
    return "\n".join(
        ["usage: quarterdeck COMMAND ...", "", *lines, "", "quarterdeck COMMAND --help says what each takes."]
    )
