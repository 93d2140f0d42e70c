"""A deck: a folder with ``quarterdeck.toml``, ``scripts/`` and ``apps/``; the hub's own is in ``.quarterdeck``."""

from __future__ import annotations

import errno
import shutil
from typing import TYPE_CHECKING

from quarterdeck.errors import QuarterdeckError
from quarterdeck.hub.settings import FILE, Settings, read_settings
from quarterdeck.hub.socket_path import socket_path

if TYPE_CHECKING:
    from pathlib import Path

OWN = ".quarterdeck"


class DeckError(QuarterdeckError):
    """The folder cannot be a deck.  ``code`` is deck-missing, deck-readonly or full."""


class Deck:
    """The places of one deck.  Making one reads the settings (raises SettingsError, DeckError) and writes nothing."""

    def __init__(self, folder: Path, settings: Settings | None = None, name: str | None = None) -> None:
        self.folder = folder.expanduser().resolve()
        if not self.folder.is_dir():
            raise DeckError("deck-missing", f"There is no folder {self.folder}.", "Make one: quarterdeck new deck NAME")
        self._name = name
        self.settings = read_settings(self.folder) if settings is None else settings
        self.scripts = self.folder / "scripts"
        self.own = self.folder / OWN
        self.database = self.own / "quarterdeck.db"
        self.logs = self.own / "logs"
        self.environments = self.own / "environments"
        self.blobs = self.own / "blobs"
        self.run = self.own / "run"
        self.discovery = self.run / "hub.json"

    @property
    def name(self) -> str:
        """What the page calls the deck: its own name, else the folder's."""
        return self._name or self.folder.name or "deck"

    @property
    def socket(self) -> Path:
        """Where what the hub started connects; raises PermissionError if that place is another user's."""
        return socket_path(self.run)

    def prepare(self) -> None:
        """Make the hub's own folders, readable by this user only; raises DeckError."""
        try:
            for folder in (self.own, self.logs, self.blobs, self.run):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.own.chmod(0o700)
            _write_once(self.own / ".gitignore", "# The hub's own: not for version control.\n*\n")
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise self.full() from None
            hint = "Let this user write there, or choose another folder."
            raise DeckError("deck-readonly", f"{self.own} cannot be made: {error.strerror}.", hint) from None

    def full(self) -> DeckError:
        """The error of a hub that cannot start for want of room."""
        free = shutil.disk_usage(self.folder).free // 1000
        hint = f"{free} kB are free there: free 20 MB or more, and start it again. Nothing that was stored is lost."
        return DeckError("full", f"The disk of {self.own} is full, so the hub cannot start.", hint)

    def has_settings(self) -> bool:
        """Whether somebody has written settings for it."""
        return (self.folder / FILE).exists()

    def is_deck(self) -> bool:
        """Whether the folder was made a deck: it has settings, or a hub has run here."""
        return any((self.folder / name).exists() for name in (FILE, OWN))


def _write_once(path: Path, text: str) -> None:
    if not path.exists() or path.stat().st_size == 0:
        path.write_text(text, encoding="utf-8")
