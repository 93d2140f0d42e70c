"""What a script keeps between runs: a dict for the script, a transaction for the hub."""

from __future__ import annotations

import json

from quarterdeck.worker.attributes import PREFIX
from quarterdeck.worker.exact import Unkept, checked_key, encode, is_fixed, name_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from quarterdeck.sdk.components.component import Op
    from quarterdeck.worker.attributes import Attributes

MOST_UNKEPT = 100
_NOTHING = object()


class Store:
    """``values`` is the script's own dict.  ``commit`` keeps what it holds now, ``restore`` brings the last kept back.

    Values that come back from JSON exactly as they were (None, bool, int, finite float, str, list, dict with text
    keys) are kept as JSON text.  All others stay in this process: they are in ``unkept``, and changes inside of them
    are not undone.

    In the class form the attributes of the script are kept beside the values, under keys that begin with ``self.``.
    """

    def __init__(self, texts: Mapping[str, str] | None = None, *, class_form: bool = False) -> None:
        self._texts: dict[str, str] = dict(texts or {})
        self._fixed: dict[str, Any] = {}  # the values that are in ``_texts`` and can only be replaced
        self._class_form = class_form
        self._attributes: Attributes | None = None
        self._stay: dict[Any, Any] = {}
        self._heard: list[dict[str, str | None]] = []
        self.values: dict[Any, Any] = {}
        self.unkept: list[dict[str, str]] = []
        self.restore()

    def commit(self) -> list[Op]:
        """Keep what ``values`` holds; the operations on the store's topic that say so, none if nothing changed."""
        before, fixed = self._texts, self._fixed
        texts: dict[str, str] = {}
        stay: dict[Any, Any] = {}
        unkept: list[dict[str, str]] = []
        for key, value in list(self.values.items()):
            if fixed.get(key, _NOTHING) is value:
                texts[key] = before[key]
                continue
            try:
                texts[self._checked(key)] = encode(value)
                if is_fixed(value):
                    fixed[key] = value
                else:
                    fixed.pop(key, None)
            except Unkept as why:
                stay[key] = value
                unkept.append({"key": name_of(key), "why": str(why)})
        if self._attributes is not None:
            texts.update(self._attributes.changed())
        changed = {key: text for key, text in texts.items() if before.get(key) != text}
        gone = sorted(before.keys() - texts.keys())
        ops: list[Op] = [["drop", "values", key] for key in gone]
        ops += [["put", "values", {key: text}] for key, text in changed.items()]
        for heard in list(self._heard):  # what this run wrote is newer
            for key in (*changed, *gone):
                heard.pop(key, None)
        for key in (*gone, *stay):
            fixed.pop(key, None)
        self._texts, self._stay, self.unkept = texts, stay, unkept[:MOST_UNKEPT]
        return ops

    def restore(self) -> None:
        """Make ``values``, still the same dict, and the attributes what was last committed."""
        attributes = {key: text for key, text in self._texts.items() if self._is_attribute(key)}
        self._fixed.clear()
        self.values.clear()
        self.values.update({key: json.loads(text) for key, text in self._texts.items() if key not in attributes})
        self.values.update(self._stay)
        if self._attributes is not None:
            self._attributes.restore(attributes)

    def hear(self, texts: dict[str, str | None]) -> None:
        """A run beside this process has stored these (None: removed them); called by another thread."""
        self._heard.append(texts)

    def learn(self) -> None:
        """Take over what was heard; between runs only."""
        heard, self._heard = self._heard, []
        news = {key: text for texts in heard for key, text in texts.items() if self._texts.get(key) != text}
        for key, text in news.items():
            self._stay.pop(key, None)
            self.values.pop(key, None)
            self._texts.pop(key, None)
            self._fixed.pop(key, None)
            if text is not None:
                self._texts[key] = text
                self.values.update({} if self._is_attribute(key) else {key: json.loads(text)})
        if self._attributes is not None and any(map(self._is_attribute, news)):
            self._attributes.restore({key: text for key, text in self._texts.items() if self._is_attribute(key)})

    def keep_attributes(self, attributes: Attributes, *, fresh: bool) -> list[Op]:
        """From now on these are kept, too.  They go on as they were kept, or ``fresh`` as ``__init__`` left them.

        Returns the operations on the store's topic that say so.
        """
        self._attributes = attributes
        kept = {key: text for key, text in self._texts.items() if self._is_attribute(key)}
        if not fresh:
            attributes.restore(kept)
            return []
        for key in kept:
            del self._texts[key]
        return [["drop", "values", key] for key in kept]

    def _is_attribute(self, key: str) -> bool:
        return self._class_form and key.startswith(PREFIX)

    def _checked(self, key: Any) -> str:
        checked = checked_key(key)
        if self._is_attribute(checked):
            raise Unkept(f"keys that begin with {PREFIX} are those of the script's attributes")
        return checked
