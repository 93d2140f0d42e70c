"""Calls that come in: each runs once, and its reply goes out after the events that were emitted before it."""

from __future__ import annotations

from collections import OrderedDict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from quarterdeck.sdk.frame import Frame

REMEMBERED = 64


class Call:
    """A call from a page, the command line or another peer.

    ``topic`` and ``name`` say what is meant, ``args`` is a dict, ``by`` the account (None: the hub), ``deadline`` UTC
    microseconds or None.  Answer once, from any thread, by ``reply`` or ``fail``.
    """

    __slots__ = ("_answer", "args", "by", "deadline", "id", "name", "topic")

    def __init__(self, frame: Frame, answer: Callable[[Frame], None]) -> None:
        self.id: str = frame["id"]
        self.topic: str = frame["topic"]
        self.name: str = frame["name"]
        self.args: dict[str, Any] = frame.get("args") or {}
        self.by: str | None = frame.get("by")
        self.deadline: int | None = frame.get("deadline")
        self._answer = answer

    def reply(self, result: Any = None) -> None:
        """Answer with a plain JSON value."""
        self._answer({"t": "reply", "id": self.id, "result": result})

    def fail(self, code: str, message: str, hint: str = "", **more: Any) -> None:
        """Answer with an error; ``more`` are further plain fields of it."""
        self._answer({"t": "reply", "id": self.id, "error": {"code": code, "message": message, "hint": hint, **more}})


class Answers:
    """Which calls have come and what they were answered: a call that comes twice runs once."""

    def __init__(self) -> None:
        self._seen: OrderedDict[str, Frame | None] = OrderedDict()
        self._unsent: list[Frame] = []

    def __bool__(self) -> bool:
        return bool(self._unsent)

    def begin(self, call_id: str) -> bool:
        """Whether this call is new.  A known one that was answered is answered again."""
        if call_id in self._seen:
            reply = self._seen[call_id]
            if reply is not None and reply not in self._unsent:
                self._unsent.append(reply)
            return False
        self._seen[call_id] = None
        if len(self._seen) > REMEMBERED:
            self._forget()
        return True

    def answer(self, reply: Frame) -> None:
        """The reply to a call; a second one to the same call is ignored."""
        if self._seen.get(reply["id"]) is None:
            self._seen[reply["id"]] = reply
            self._unsent.append(reply)

    def take(self) -> list[Frame]:
        """The replies that have yet to be sent."""
        taken, self._unsent = self._unsent, []
        return taken

    def put_back(self, replies: list[Frame]) -> None:
        """They could not be sent."""
        self._unsent = replies + self._unsent

    def again(self) -> None:
        """The connection was lost, and with it perhaps some replies: send those that are remembered again."""
        self._unsent = [reply for reply in self._seen.values() if reply is not None]

    def clear(self) -> None:
        """Forget everything: in a forked child, whose parent answers."""
        self._seen.clear()
        self._unsent.clear()

    def _forget(self) -> None:
        answered = next((call_id for call_id, reply in self._seen.items() if reply is not None), None)
        if answered is not None:
            del self._seen[answered]
