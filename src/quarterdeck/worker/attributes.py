"""The attributes of a script in the class form: those that its runs changed are kept beside the store."""

from __future__ import annotations

import json

from quarterdeck.worker.exact import LARGEST, Unkept, checked_key, encode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

PREFIX = "self."


class Attributes:
    """Made when ``__init__`` has run: what it set is not kept, only what differs from that.

    Attributes that JSON cannot hold exactly (components among them) stay in the worker.
    """

    def __init__(self, instance: object) -> None:
        self._values: dict[str, Any] = vars(instance)
        self._first = self._texts()

    def changed(self) -> dict[str, str]:
        """``self.NAME`` -> JSON text of each attribute that is not as ``__init__`` left it."""
        return {PREFIX + name: text for name, text in self._texts().items() if self._first.get(name) != text}

    def restore(self, texts: Mapping[str, str]) -> None:
        """Make the attributes what ``changed`` once said; those that came since then go."""
        kept = {key.removeprefix(PREFIX): text for key, text in texts.items()}
        wanted, now = {**self._first, **kept}, self._texts()
        for name in now.keys() - wanted.keys():
            del self._values[name]
        for name, text in wanted.items():
            if now.get(name) != text:
                self._values[name] = json.loads(text)

    def _texts(self) -> dict[str, str]:
        texts: dict[str, str] = {}
        for name, value in list(self._values.items()):
            if isinstance(value, (list, dict, str)) and len(value) > LARGEST:
                continue  # it cannot fit, so there is no need to look through it after each run
            try:
                texts[checked_key(name)] = encode(value)
            except Unkept:
                continue  # as documented, and so for every component
        return texts
