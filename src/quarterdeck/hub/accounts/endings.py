"""Who holds something open on a session or a token hears of its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Endings:
    """Listeners by the key of what they hold open."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[Callable[[], None]]] = {}

    def listen(self, key: str, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener`` when the session or token of this key ends; returns what stops that."""
        self._listeners.setdefault(key, set()).add(listener)

        def stop() -> None:
            left = self._listeners.get(key, set())
            left.discard(listener)
            if not left:
                self._listeners.pop(key, None)

        return stop

    def tell(self, *keys: str) -> None:
        """These have ended."""
        for key in keys:
            for listener in self._listeners.pop(key, set()):
                listener()
