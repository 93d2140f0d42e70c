"""The errors of a service, grouped by where they come from: how often each was raised, where, and what it said last."""

from __future__ import annotations

import hashlib
import threading

from quarterdeck.core.plain import plain
from quarterdeck.core.series import add_cells, cell_of, minute_of
from quarterdeck.core.topics import join
from quarterdeck.sdk.clock import utc_now
from quarterdeck.sdk.hidden import hidden
from quarterdeck.sdk.report import text_of
from quarterdeck.sdk.services.sampling.stack import own
from quarterdeck.sdk.source import lines_around

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from quarterdeck.core.ops import Cell, Event

MOST = 200
"""Groups that a process keeps; of further ones nothing is told but that they failed."""
FRAMES = 50
_MESSAGE = 2000
_AROUND = 2
_LINE = 160
_NOTED = "_quarterdeck_noted"

Place = tuple[str, int, str]


class Group:
    """Errors of one type that came the same way; what has not been told yet."""

    __slots__ = ("counts", "endpoints", "facts", "places", "raised")

    def __init__(self, facts: dict[str, Any], places: list[Place]) -> None:
        self.facts = facts
        self.places = places
        self.counts: dict[str, int] = {}
        self.endpoints: dict[str, int] = {}
        self.raised: dict[str, Cell] = {}

    def add(self, at: int, how: str, endpoint: str) -> None:
        """One more, at this time (UTC microseconds)."""
        self.counts[how] = self.counts.get(how, 0) + 1
        self.endpoints[endpoint] = self.endpoints.get(endpoint, 0) + 1
        add_cells(self.raised, {minute_of(at): cell_of(1, at)})

    def event(self, service: str) -> Event:
        """The operations that tell it."""
        scalars = {"service": service, **self.facts, "frames": [_frame(*place) for place in self.places]}
        ops: Event = [["set", field, plain(value)] for field, value in scalars.items()]
        ops += [["add", "counts", self.counts], ["add", "endpoints", self.endpoints]]
        ops.append(["record", "raised", self.raised, 1])
        return ops


class Exceptions:
    """Of one service.  ``note`` may be called from any thread."""

    def __init__(self, service: str) -> None:
        self._service = service
        self._known: set[str] = set()
        self.forked()

    def forked(self) -> None:
        """In a forked child: what came up before is the parent's to tell."""
        self._news: dict[str, Group] = {}
        self._lock = threading.Lock()

    def note(self, error: BaseException, endpoint: str, *, handled: bool = False) -> bool:
        """An error came up; each object counts once.  False if it was not counted."""
        if not isinstance(error, Exception) or getattr(error, _NOTED, False):
            return False
        places = list(_places(error))
        name = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
        key = _key(name, places)
        now = utc_now()
        facts = {"type": name, "message": hidden(text_of(error)[:_MESSAGE])[:_MESSAGE], "last": now}
        with self._lock:
            if key not in self._known and len(self._known) >= MOST:
                return False
            self._known.add(key)
            group = self._news.setdefault(key, Group(facts, places))
            group.facts, group.places = facts, places  # the last one speaks for all
            group.add(now, "handled" if handled else "raised", endpoint)
        _mark(error)
        return True

    def taken(self) -> list[tuple[str, Event]]:
        """What has not been told: topics and their events."""
        with self._lock:
            news, self._news = self._news, {}
        return [
            (join("service", self._service, "exception", key), each.event(self._service)) for key, each in news.items()
        ]


def _mark(error: Exception) -> None:
    try:
        setattr(error, _NOTED, True)
    except AttributeError:
        return  # It has slots: raised again on its way out, it counts again.


def _places(error: BaseException) -> Iterator[Place]:
    trace, found = error.__traceback__, []
    while trace is not None:
        code = trace.tb_frame.f_code
        found.append((code.co_filename, trace.tb_lineno, code.co_qualname))
        trace = trace.tb_next
    yield from found[-FRAMES:]


def _key(name: str, places: list[Place]) -> str:
    """What errors of a group have in common: their type, and the functions that they came through."""
    way = [name, *(f"{file}:{function}" for file, _, function in places)]
    return hashlib.sha256("\n".join(way).encode("utf-8", "replace")).hexdigest()[:12]


def _frame(file: str, line: int, name: str) -> dict[str, Any]:
    code = lines_around(file, line, _AROUND, _LINE)
    return {"file": file, "line": line, "name": name, "own": own(file), "code": code}
