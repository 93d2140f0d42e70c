"""States that things go through: which change is allowed, and what it means, as tables.

An empty row is an end.  The state before birth is ``NEW``.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

NEW = "new"


class ImpossibleChange(ValueError):
    """A change of state that the table does not have; a fault of the program, never of a user."""


class Lifecycle:
    """``changes[state][next state]`` says in words why that change happens."""

    __slots__ = ("changes", "name")

    def __init__(self, name: str, changes: Mapping[str, Mapping[str, str]]) -> None:
        self.name = name
        self.changes = changes
        unknown = {after for row in changes.values() for after in row} - set(changes)
        if unknown:
            raise ValueError(f"the table of {name} leads to {sorted(unknown)}, which have no row")

    def allows(self, before: str, after: str) -> bool:
        """Whether this change is in the table."""
        return after in self.changes.get(before, {})

    def change(self, before: str, after: str) -> str:
        """The reason for this change, in words; raises ImpossibleChange."""
        try:
            return self.changes[before][after]
        except KeyError:
            allowed = ", ".join(self.changes.get(before, {})) or "nothing"
            raise ImpossibleChange(f"{self.name}: {before!r} cannot become {after!r}, only {allowed}") from None

    def is_end(self, state: str) -> bool:
        """Whether nothing comes after this state."""
        return not self.changes[state]


RUN = Lifecycle(
    "run",
    {
        NEW: {
            "waiting": "another hook of the script runs, or its worker is not ready",
            "running": "it was due",
            "lost": "its worker died before it could tell of it",
        },
        "waiting": {
            "running": "its turn came",
            "cancelled": "somebody cancelled it, or its script changed or went before its turn came",
            "lost": "the hub ended before its turn came",
        },
        "running": {
            "done": "the hook returned",
            "failed": "the hook raised an error, took longer than its timeout, or used more memory than it may",
            "cancelled": "somebody cancelled it and its worker was ended",
            "lost": "its worker died or fell silent",
        },
        "done": {},
        "failed": {},
        "cancelled": {},
        "lost": {},
    },
)

JOB = Lifecycle(
    "job",
    {
        NEW: {"running": "it was opened"},
        "running": {
            "done": "it came to its end",
            "stopped": "it was left before its end",
            "failed": "an error ended it",
            "interrupted": "somebody interrupted its program",
            "lost": "its process died or fell silent",
        },
        "stopped": {"failed": "the error that ended it ended its program", "interrupted": "so was its program"},
        "lost": {
            "running": "its process was heard of again",
            "done": "it came to its end unheard",
            "stopped": "it was left unheard",
            "failed": "an error ended it unheard",
            "interrupted": "somebody interrupted its program unheard",
        },
        "done": {},
        "failed": {},
        "interrupted": {},
    },
)

WORKER = Lifecycle(
    "worker",
    {
        NEW: {
            "preparing": "its script is on deck and has an environment of its own",
            "starting": "its script is on deck",
            "adopted": "an earlier hub had started it",
        },
        "preparing": {
            "starting": "its environment is there",
            "resting": "its environment could not be made",
            "stopped": "not wanted any more",
        },
        "adopted": {
            "loading": "it reconnected without a script",
            "ready": "it reconnected",
            "busy": "it reconnected in the middle of a run",
            "stopping": "it holds another version, or is not wanted",
            "resting": "it died, or lived and did not reconnect",
        },
        "starting": {"loading": "it connected", "resting": "it died or did not connect", "stopping": "not wanted"},
        "loading": {
            "ready": "the script loaded",
            "stopping": "the script did not load, or changed, or is not wanted any more",
            "resting": "it died or took too long",
        },
        "ready": {"busy": "a run starts", "resting": "it died", "stopping": "another version, or not wanted any more"},
        "busy": {"ready": "the run ended", "resting": "it died", "stopping": "not wanted after this run"},
        "stopping": {
            "preparing": "it ended and the next one is wanted, in an environment of its own",
            "starting": "it ended and the next one is wanted",
            "broken": "it ended and its script does not load",
            "stopped": "it ended",
        },
        "resting": {
            "preparing": "the pause is over, or the script changed",
            "starting": "the pause is over, or the script changed",
            "stopped": "not wanted any more",
        },
        "broken": {
            "preparing": "the script changed",
            "starting": "the script changed",
            "stopped": "not wanted any more",
        },
        "stopped": {"preparing": "wanted again", "starting": "wanted again"},
    },
)

END_STATES = tuple(state for state in RUN.changes if RUN.is_end(state))
