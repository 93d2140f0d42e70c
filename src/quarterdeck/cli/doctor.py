"""``quarterdeck doctor``: what is wrong here, and how to mend it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple

from quarterdeck.cli import show, target
from quarterdeck.cli.target import TargetError, find_deck, find_hub
from quarterdeck.errors import QuarterdeckError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from typing import Any

    from quarterdeck.hub.deck import Deck

OLDEST_SQLITE = (3, 35, 0)
# Before it, two connections that write at once may corrupt a database: https://sqlite.org/wal.html#walresetbug
SOUND_SQLITE = (3, 51, 3)
_NEEDED = ("starlette", "uvicorn", "websockets", "msgspec", "argon2", "psutil", "watchfiles")
_FASTER = ("uvloop", "httptools")
_ROOM = 200 << 20  # bytes


class Finding(NamedTuple):
    """One thing that was looked at; ``mend`` is empty if it is well."""

    what: str
    found: str
    mend: str = ""


def configure(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    target.configure(parser)
    show.configure(parser)


def run(options: argparse.Namespace) -> int:
    """Look at everything; the exit code is 1 if anything is wrong."""
    findings = [*_of_machine(), *_of_deck(options)]
    if options.json:
        show.show_json([finding._asdict() for finding in findings])
    else:
        for what, found, mend in findings:
            print(f"{'wrong' if mend else 'well ':<6} {what:<12} {found}")
            if mend:
                print(f"{'':<19} -> {mend}")
    return 1 if any(finding.mend for finding in findings) else 0


def _of_machine() -> Iterator[Finding]:
    yield Finding("python", sys.version.split()[0])
    old = sqlite3.sqlite_version_info < OLDEST_SQLITE
    wanted = ".".join(map(str, OLDEST_SQLITE))
    yield Finding("sqlite", _sqlite_found(), f"use a Python with SQLite {wanted} or newer" if old else "")
    missing = [name for name in _NEEDED if find_spec(name) is None]
    mend = 'pip install "quarterdeck[hub]"' if missing else ""
    yield Finding("packages", f"missing: {', '.join(missing)}" if missing else "all there", mend)
    faster = [name for name in _FASTER if find_spec(name) is not None]
    yield Finding("speed-ups", ", ".join(faster) or "none; the hub works without them")
    yield from _of_page()
    yield from _of_kinds()


def _sqlite_found() -> str:
    if sqlite3.sqlite_version_info >= SOUND_SQLITE:
        return sqlite3.sqlite_version
    return f"{sqlite3.sqlite_version}, with the WAL-reset bug: let no other program write to the deck's database"


def _of_page() -> Iterator[Finding]:
    from pathlib import Path

    import quarterdeck

    built = (Path(quarterdeck.__file__).parent / "web" / "static" / "index.html").is_file()
    yield Finding("page", "built" if built else "not built", "" if built else "in the checkout: make page")


def _of_kinds() -> Iterator[Finding]:
    """What other distributions bring."""
    from quarterdeck.kinds.installed import brought

    for each in brought():
        if each.fault:
            mend = f"update or remove it: pip uninstall {each.distribution.split()[0]}"
            yield Finding("kinds", f"{each.name} of {each.distribution}: {each.fault}", mend)
        else:
            yield Finding("kinds", f"{', '.join(each.kinds)} of {each.distribution}")


def _of_deck(options: argparse.Namespace) -> Iterator[Finding]:
    try:
        deck = find_deck(options.deck)
    except TargetError:
        yield Finding("deck", "none here: name one with --deck, or make one with quarterdeck new deck NAME")
        return
    except QuarterdeckError as error:
        yield Finding("deck", error.message, error.hint)
        return
    yield Finding("deck", str(deck.folder))
    yield from _of_folder(deck)
    yield from _of_environments(deck)
    yield from _of_hub(deck)


def _of_environments(deck: Deck) -> Iterator[Finding]:
    """Whether scripts that say what they need can have it."""
    from quarterdeck.hub.environments.environment import NotPrepared
    from quarterdeck.hub.environments.uv import find_uv
    from quarterdeck.hub.scripts.finder import Finder

    asking = sorted(name for name, found in Finder(deck.scripts).look().items() if found.inline is not None)
    try:
        yield Finding("uv", find_uv())
    except NotPrepared as missing:
        names = ", ".join(asking)
        yield Finding(
            "uv",
            f"missing; {names} asked for it" if asking else "none, and none is needed",
            missing.hint * bool(asking),
        )


def _of_folder(deck: Deck) -> Iterator[Finding]:
    own = deck.own if deck.own.exists() else deck.folder
    writable = os.access(own, os.W_OK | os.X_OK)
    yield Finding(
        "folder", "writable" if writable else f"{own} cannot be written", "" if writable else f"chown it: {own}"
    )
    if deck.own.exists():
        mode = deck.own.stat().st_mode & 0o777
        yield Finding("privacy", f"{mode:o}", f"chmod 700 {deck.own}" if mode & 0o077 else "")
    sizes = [path.stat().st_size for path in deck.blobs.rglob("*") if path.is_file()]
    if sizes:
        yield Finding("blobs", f"{len(sizes):,} kept, {sum(sizes) / 1e6:,.1f} MB")
    free = shutil.disk_usage(own).free
    mend = "free some space: the hub keeps running, but stores nothing on a full disk" if free < _ROOM else ""
    yield Finding("disk", f"{free >> 20} MB free", mend)


def _of_hub(deck: Deck) -> Iterator[Finding]:
    client = find_hub(deck)
    if client is not None:
        health = client.get("/api/me")
        yield Finding("hub", f"running at {client.url}, as {health['role']}")
        yield _of_webhook((client.state("hub") or {}).get("webhook"))
        return
    try:
        with target.open_store(deck):
            yield Finding("hub", f"not running; start it: quarterdeck up {deck.folder}")
    except QuarterdeckError as error:
        yield Finding("store", error.message, error.hint)


def _of_webhook(said: dict[str, Any] | None) -> Finding:
    """Whether anybody learns of failures."""
    if said is None:
        return Finding("webhook", "none: failures are told on the page alone; [hub] webhook tells a chat room")
    waiting = f"{said['waiting']} waiting, {said['lost']} given up"
    failing = said["failing"]
    if failing is None:
        return Finding("webhook", f"{said['receiver']} takes what it is told; {waiting}")
    mend = "look at the receiver, and at [hub] webhook; Settings on the page sends a test"
    return Finding("webhook", f"{said['receiver']}: {failing['why']}; {waiting}", mend)
