"""What waits to be delivered, and when it is tried again.  Pure: told how a try ended and the time."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from quarterdeck.core.schedule import DAY, SECOND

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST = 100
"""Messages that wait at most; what comes meanwhile is told later, as it is by then."""
FIRST_PAUSE, LONGEST_PAUSE = 2 * SECOND, 600 * SECOND
PATIENCE = DAY
"""Microseconds for which a message is tried."""
UNREADABLE = frozenset({400, 413, 415, 422})
"""What a receiver answers that cannot read this message; the next one it may."""
TRIES = 3
"""So often is a message tried that the receiver cannot read."""


class Answer(NamedTuple):
    """How a try ended: ``why`` is empty if it was taken; ``wait`` is how many seconds the receiver asked for."""

    why: str = ""
    status: int | None = None
    wait: float = 0.0


class Message(NamedTuple):
    """``made`` is in microseconds UTC; ``urgent`` ones go first, and before they are durable."""

    id: str
    made: int
    body: dict[str, Any]
    urgent: bool = False

    def plain(self) -> dict[str, Any]:
        """As it is kept."""
        return {"made": self.made, "body": self.body}


def message_of(id: str, plain: Mapping[str, Any]) -> Message:
    """What was kept."""
    return Message(id, int(plain["made"]), plain["body"])


class Deliveries:
    """Messages in their order, one at a time: who failed and recovered is told it in that order."""

    def __init__(self) -> None:
        self.sent = self.lost = 0
        self.last_sent: int | None = None
        self.failing: dict[str, Any] | None = None
        self._waiting: dict[str, Message] = {}
        self._tries = 0  # of the first one
        self._due = 0

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def room(self) -> int:
        """How many more may wait."""
        return max(0, MOST - len(self._waiting))

    def add(self, message: Message) -> None:
        """It waits; an urgent one goes first, and is tried at once."""
        if not message.urgent:
            self._waiting[message.id] = message
            return
        self._waiting = {message.id: message, **self._waiting}
        self._tries = self._due = 0

    def outdated(self, now: int) -> list[Message]:
        """Those that are too old to be tried once more: a hub that was away for days has news of its own."""
        return [message for message in self._waiting.values() if now - message.made > PATIENCE]

    def let_go(self, message: Message) -> None:
        """Give up a message."""
        self.lost += 1
        self._over(message)

    def first(self) -> Message | None:
        """The one whose turn it is."""
        return next(iter(self._waiting.values()), None)

    def wake(self) -> float:
        """When the next try is due; never (infinity) if nothing waits."""
        return self._due if self._waiting else math.inf

    def tried(self, message: Message, answer: Answer, now: int) -> bool:
        """A try is over; whether the message waits no more."""
        if not answer.why:
            self.sent, self.last_sent, self.failing = self.sent + 1, now, None
            return self._over(message)
        self._tries += 1
        since = self.failing["since"] if self.failing else now
        self.failing = {"since": since, "why": answer.why, "status": answer.status, "at": now}
        unreadable = answer.status in UNREADABLE and self._tries >= TRIES
        if unreadable or now - message.made > PATIENCE:
            self.let_go(message)
            return True
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(self._tries - 1, 20))
        self._due = now + max(pause, min(LONGEST_PAUSE, round(answer.wait * SECOND)))
        return False

    def _over(self, message: Message) -> bool:
        self._waiting.pop(message.id, None)
        self._tries = self._due = 0
        return True

    def status(self) -> dict[str, Any]:
        """What the topic ``hub`` says of it."""
        return {
            "waiting": len(self._waiting),
            "sent": self.sent,
            "lost": self.lost,
            "last_sent": self.last_sent,
            "failing": self.failing,
        }
