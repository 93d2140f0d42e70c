"""The way to the hub of one deck, wherever that listens today."""

from __future__ import annotations

import hashlib

from quarterdeck.sdk.http import HttpTransport
from quarterdeck.sdk.transport import Away, loading


class DeckTransport(HttpTransport):
    """As every producer's, to whatever hub serves the deck in ``folder``."""

    def __init__(self, folder: str) -> None:
        super().__init__()
        self._folder = folder

    def find(self) -> tuple[str, str | None]:
        """See HttpTransport."""
        with loading:
            from quarterdeck.sdk.discovery import of_deck  # see there
        found = of_deck(self._folder)
        if not found:
            raise Away(f"no hub serves the deck in {self._folder}; the next request starts one")
        return found["url"], found.get("producer")

    def spool_file(self) -> str | None:
        """See HttpTransport."""
        with loading:
            from quarterdeck.sdk.discovery import spool_file  # see there
        return spool_file(f"deck-{hashlib.sha256(self._folder.encode()).hexdigest()[:20]}")
