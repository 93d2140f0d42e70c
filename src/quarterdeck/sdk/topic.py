"""What users write: ``qd.topic("lab/temperature").set(value=21.5)``."""

from __future__ import annotations

import time

from quarterdeck.core.ops import BLOB, DEFAULT_CAP, DEFAULT_QUANTUM, Refused
from quarterdeck.core.plain import check_values, plain
from quarterdeck.core.series import cell_of, minute_of, quantise
from quarterdeck.core.topics import check_topic
from quarterdeck.kinds import kind_of
from quarterdeck.sdk.blob import blob_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime
    from typing import Any

    from quarterdeck.core.ops import Op
    from quarterdeck.sdk.client import Client


class Topic:
    """One observable thing with a flat state; every method returns at once.

    What does not fit is counted, and said once on standard error.

    ``name`` has percent-encoded segments between slashes (``quarterdeck.core.topics.join`` makes one from any texts).
    A field has one type for life: what ``set``, ``put``, ``add``, ``push`` or ``record`` did first fixes it.
    """

    __slots__ = ("_client", "_fields", "name")

    def __init__(self, name: str, client: Callable[[], Client]) -> None:
        self.name = check_topic(name)
        self._client = client
        kind = kind_of(name)
        self._fields: Mapping[str, tuple[Any, ...]] = kind.fields if kind else {}

    def set(self, **fields: Any) -> None:
        """Set fields: scalars, which hold any JSON; a list, map or counters are replaced by one of their shape."""
        self._emit(*(["set", field, plain(value)] for field, value in fields.items()))

    def put(self, field: str, entries: Mapping[str, Any]) -> None:
        """Put entries into a map."""
        self._emit(["put", _text(field), plain(dict(entries))])

    def add(self, field: str, counts: Mapping[str, int] | None = None, /, **more: int) -> None:
        """Add integers to counters."""
        self._emit(["add", _text(field), plain({**(counts or {}), **more})])

    def push(self, field: str, *items: Any, cap: int | None = None) -> None:
        """Push items onto a list, which keeps its newest ``cap`` (10,000, unless the topic's kind says otherwise)."""
        if cap is None:
            cap = self._declared(field, "list", DEFAULT_CAP)
        self._emit(["push", _text(field), plain(list(items)), cap])

    def record(
        self, field: str, value: float, at: datetime | int | None = None, *, quantum: float | None = None
    ) -> None:
        """Record a measured value into a series; ``at`` is when: a datetime, UTC microseconds, or None for now.

        Kept to 0.001, unless the topic's kind or ``quantum`` says otherwise; a series has one quantum for life.
        """
        quantum = self._declared(field, "series", DEFAULT_QUANTUM) if quantum is None else quantum
        when = _microseconds(at)
        try:
            cell = cell_of(quantise(value, quantum), when)
        except Refused as refused:
            self._client().refuse(self.name, refused)
            return
        self._emit(["record", _text(field), {minute_of(when): cell}, quantum])

    def blob(self, field: str, content: Any, *, type: str | None = None, name: str | None = None) -> None:
        """Set a blob: ``content`` is bytes, a text, a file by its ``pathlib.Path``, or None for none.

        ``type`` is its content type and ``name`` the file name for who downloads it; they are guessed if not said.
        OSError if the file cannot be read.
        """
        value = None if content is None else blob_of(content, type, name)
        self._client().emit(self.name, [["set", _text(field), value, BLOB]])

    def drop(self, field: str | None = None, key: str | None = None) -> None:
        """Drop one entry of a map, a whole field, or (without arguments) end the topic."""
        if field is None:
            self.end()
        elif key is None:
            self._emit(["drop", _text(field)])
        else:
            self._emit(["drop", _text(field), _text(key)])

    def end(self) -> None:
        """End the topic: its state goes, and the types of its fields."""
        self._emit(["drop"])

    def watch(self) -> Iterator[dict[str, Any]]:
        """The topic's frames without end: {"t": "snapshot", "state", ...} first, then {"t": "patch", "ops", ...}.

        Unlike all else here it waits, for frames and for a hub that is away; ConnectionError if we may not watch.
        """
        # Loaded here: http and ssl are heavy, and few programs watch.
        from quarterdeck.sdk.events import watch

        return watch(self.name, self._client().find)

    def __repr__(self) -> str:
        return f"topic({self.name!r})"

    def _emit(self, *ops: Op) -> None:
        if not ops:
            return
        event = list(ops)
        client = self._client()
        try:
            check_values(event)
        except Refused as refused:
            client.refuse(self.name, refused)
        else:
            client.emit(self.name, event)

    def _declared(self, field: str, kind: str, default: Any) -> Any:
        declared = self._fields.get(field)
        return declared[1] if declared and declared[0] == kind else default


def _text(name: str) -> str:
    if type(name) is not str:
        raise TypeError(f"{name!r} cannot name a field or key; names are texts")
    return name


def _microseconds(at: datetime | int | None) -> int:
    if at is None:
        return time.time_ns() // 1000
    if isinstance(at, int):
        return at
    # In whole numbers: a float of seconds does not hold all microseconds.  A naive time is a local one.
    whole = at.replace(microsecond=0)
    return int(whole.timestamp()) * 1_000_000 + at.microsecond
