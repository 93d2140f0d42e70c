"""What the routes need of a hub."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from quarterdeck.hub.blobs import Blobs
    from quarterdeck.hub.exchange import Exchange
    from quarterdeck.hub.peers import Rights
    from quarterdeck.hub.schedules.preview import Ahead
    from quarterdeck.hub.scripts.finder import Found


class Account(Protocol):
    """Who asks; the gate puts it into the scope's state under ``account``."""

    @property
    def name(self) -> str: ...
    @property
    def session(self) -> str | None:
        """The key of its session, if it has logged in."""
        ...


class Rules(Protocol):
    """What an account may do."""

    def rights(self, account: Any) -> Rights: ...


class Places(Protocol):
    """Where the deck keeps what is not in the store."""

    @property
    def folder(self) -> Path: ...
    @property
    def logs(self) -> Path: ...


class Scripts(Protocol):
    """The scripts of the deck."""

    def agenda(self) -> list[Ahead]: ...
    def found(self, name: str, /) -> Found | None: ...


class Served(Protocol):
    """The hub, as the web sees it."""

    @property
    def exchange(self) -> Exchange: ...
    @property
    def blobs(self) -> Blobs: ...
    @property
    def accounts(self) -> Rules: ...
    @property
    def deck(self) -> Places: ...
    @property
    def scripts(self) -> Scripts: ...
