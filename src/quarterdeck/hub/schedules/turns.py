"""The scheduler's words: a turn is one execution of a hook, and an instruction says what is to become of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from quarterdeck.hub.mistake import Mistake

if TYPE_CHECKING:
    from collections.abc import Mapping


class CannotRun(Mistake):
    """A trigger that cannot be."""


class Turn:
    """One execution of a hook: waiting, then running.

    ``due`` is in UTC microseconds, ``missed`` the number of earlier planned times that it stands for.  A retry has its
    number in ``attempt`` (the first run is 1) and the first run's id in ``retry_of``.  ``begun``: its worker said that
    it goes on; ``born``: its topic exists.
    """

    __slots__ = (
        "args",
        "attempt",
        "begun",
        "born",
        "by",
        "cause",
        "due",
        "hook",
        "missed",
        "retry_of",
        "run",
        "script",
    )

    def __init__(
        self,
        run: str,
        script: str,
        hook: str,
        *,
        due: int,
        cause: str,
        by: str | None = None,
        args: Mapping[str, Any] | None = None,
        missed: int = 0,
        attempt: int = 1,
        retry_of: str | None = None,
    ) -> None:
        self.run = run
        self.script = script
        self.hook = hook
        self.due = due
        self.cause = cause
        self.by = by
        self.args = dict(args or {})
        self.missed = missed
        self.attempt = attempt
        self.retry_of = retry_of
        self.begun = False
        self.born = False

    def plain(self) -> dict[str, Any]:
        """As JSON: what a worker is told, and what is kept until the run is over.  What is usual is left out."""
        told = {"run": self.run, "hook": self.hook, "due": self.due, "cause": self.cause}
        rare = self.rare()
        if rare:
            told.update(rare)
        if self.retry_of:
            told["attempt"] = self.attempt
        return told

    def rare(self) -> dict[str, Any]:
        """What most turns have not, as far as this one has it."""
        if not (self.by or self.args or self.missed or self.retry_of):
            return {}
        rare = {"by": self.by, "args": self.args, "missed": self.missed, "retry_of": self.retry_of}
        return {key: value for key, value in rare.items() if value}

    @classmethod
    def of(cls, script: str, plain: Mapping[str, Any]) -> Turn:
        """The turn that ``plain`` gave."""
        rest = {key: value for key, value in plain.items() if key not in ("run", "hook")}
        return cls(plain["run"], script, plain["hook"], **rest)


class Retry(NamedTuple):
    """A run that is to come again: the first run's id, which attempt this will be, and what the first was given."""

    due: int
    first: str
    attempt: int
    by: str | None = None
    args: Mapping[str, Any] = {}


class Start(NamedTuple):
    """This turn is given to the worker, which starts it when it is due."""

    turn: Turn


class Beside(NamedTuple):
    """This turn runs beside another one of its hook, in a process of its own."""

    turn: Turn


class Wait(NamedTuple):
    """This turn has to wait."""

    turn: Turn


class Drop(NamedTuple):
    """This turn waited in vain."""

    turn: Turn
    reason: str


class Skip(NamedTuple):
    """So many planned times of a hook passed without a run; ``reason`` says why, in words."""

    script: str
    hook: str
    times: int
    reason: str


class Interrupt(NamedTuple):
    """This turn, which runs, is to end for the next one."""

    turn: Turn
    reason: str


class Recall(NamedTuple):
    """The worker is to give these turns back, as far as it has not begun them."""

    script: str
    turns: list[Turn]


Instruction = Start | Beside | Wait | Drop | Skip | Interrupt | Recall
