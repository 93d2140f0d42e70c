"""Stacks merged to a tree of calls, and what of it was not told yet.  Pure."""

from __future__ import annotations

import hashlib

from quarterdeck.sdk.services.sampling.stack import own

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType
    from typing import Any

    from quarterdeck.sdk.services.sampling.stack import Place

MOST = 2000
"""Nodes of a tree; samples that would need further ones are of the node "other"."""
OTHER = "other"
_ID = 12


class Tree:
    """A node is a function that is called along one way.

    Its id is made of that way, so that the trees of several processes are one: a map of nodes, counters by their ids.
    """

    def __init__(self) -> None:
        self._ids: dict[tuple[str, CodeType], str] = {}
        self._nodes: dict[str, dict[str, Any]] = {}
        self._counts: dict[str, int] = {}

    def add(self, places: list[Place]) -> None:
        """One sample of the innermost of these functions, the outermost first."""
        at = ""
        for code, _ in places:
            at = self._ids.get((at, code)) or self._grow(at, code)
            if at == OTHER:
                break
        if at:
            self._counts[at] = self._counts.get(at, 0) + 1

    def taken(self) -> tuple[dict[str, dict[str, Any]], dict[str, int]]:
        """The nodes that are new, and the samples of each, since the last time."""
        nodes, counts, self._nodes, self._counts = self._nodes, self._counts, {}, {}
        return nodes, counts

    def __bool__(self) -> bool:
        return bool(self._counts)

    def _grow(self, parent: str, code: CodeType) -> str:
        if len(self._ids) >= MOST:
            self._nodes[OTHER] = {"parent": None, "name": OTHER, "file": "", "line": 0, "own": False}
            return OTHER
        way = f"{parent}\n{code.co_filename}\n{code.co_firstlineno}\n{code.co_qualname}"
        id = hashlib.sha256(way.encode("utf-8", "replace")).hexdigest()[:_ID]
        self._ids[parent, code] = id
        self._nodes[id] = {
            "parent": parent or None,
            "name": code.co_qualname,
            "file": code.co_filename,
            "line": code.co_firstlineno,
            "own": own(code.co_filename),
        }
        return id
