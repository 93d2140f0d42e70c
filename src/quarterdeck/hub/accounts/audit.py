"""What is done to accounts, as named events: together with those of runs and schedules they are the audit log.

Events on accounts are topics under ``account`` and ``token``, which have no state; guests see only their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from quarterdeck.core.topics import is_under, join

if TYPE_CHECKING:
    from quarterdeck.core.ops import Event
    from quarterdeck.hub.accounts.accounts import Account

ACCOUNT, TOKEN = "account", "token"
_LONGEST = 40  # letters of a name that stand in a topic, which has room for so many of any alphabet


class Board(Protocol):
    """The part of ``hub/delivery/board.py`` that takes events."""

    def publish(self, topic: str, ops: Event, /, *, name: str, by: str | None, data: Any) -> None: ...


class Audit:
    """Notes who did what; durable with the next commit."""

    def __init__(self, board: Board) -> None:
        self._board = board

    def account(self, about: str, event: str, by: str | None, /, **data: Any) -> None:
        """Something happened to the account ``about``."""
        self._board.publish(join(ACCOUNT, about[:_LONGEST]), [], name=event, by=by, data=data)

    def token(self, about: str, event: str, by: str | None, /, **data: Any) -> None:
        """Something happened to the token ``about``."""
        self._board.publish(join(TOKEN, about[:_LONGEST]), [], name=event, by=by, data=data)


def may_read(account: Account, topic: str) -> bool:
    """Whether the events on a topic are for this account."""
    if account.role == "admin" or topic.split("/", 1)[0] not in (ACCOUNT, TOKEN):
        return True
    return account.user is not None and is_under(topic, join(ACCOUNT, account.user[:_LONGEST]))
