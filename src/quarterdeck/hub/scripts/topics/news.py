"""What has happened to a script's hooks since its topic told of it last."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

End = tuple[str, Mapping[str, Any]]
"""A run that is over, and the values of its topic."""


class Skipped(NamedTuple):
    """So many planned times of a hook had passed without a run, for this reason."""

    hook: str
    at: int
    times: int
    reason: str

    def plain(self) -> dict[str, Any]:
        """As the topic has it."""
        return {"at": self.at, "times": self.times, "reason": self.reason}


class Slipped(NamedTuple):
    """A planned run started so many microseconds late, which is more than it should."""

    hook: str
    at: int
    run: str
    late: int

    def plain(self) -> dict[str, Any]:
        """As the topic has it."""
        return {"at": self.at, "run": self.run, "late": self.late}


class News:
    """The earliest of each first."""

    __slots__ = ("ends", "skips", "slips")

    def __init__(self, ends: list[End] | None = None) -> None:
        self.ends: list[End] = ends or []
        self.skips: list[Skipped] = []
        self.slips: list[Slipped] = []

    def __len__(self) -> int:
        return len(self.ends) + len(self.skips) + len(self.slips)
