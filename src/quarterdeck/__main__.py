"""``python -m quarterdeck``: the command line."""

from __future__ import annotations

from quarterdeck.cli.main import entry

if __name__ == "__main__":
    entry()
