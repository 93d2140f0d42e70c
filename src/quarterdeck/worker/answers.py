"""Answers a call that gave turns when the last of them is over."""

from __future__ import annotations

import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from quarterdeck.sdk.calls import Call


class Answers:
    """The answer is {"states": run -> how it ended, "refused": run -> why it could not be run}."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[str, tuple[Call, set[str], dict[str, Any]]] = {}

    def expect(self, call: Call, runs: Iterable[str]) -> None:
        """The call is over when these are."""
        open_ = set(runs)
        entry: tuple[Call, set[str], dict[str, Any]] = (call, open_, {"states": {}, "refused": {}})
        with self._lock:
            self._waiting.update(dict.fromkeys(open_, entry))

    def over(self, run: str, *, state: str | None = None, refused: str | None = None) -> None:
        """A run ended in this state, was refused, or was given back."""
        with self._lock:
            call, open_, answer = self._waiting.pop(run)
            open_.discard(run)
            for field, value in (("states", state), ("refused", refused)):
                if value is not None:
                    answer[field][run] = value
            done = not open_
        if done:
            call.reply(answer)
