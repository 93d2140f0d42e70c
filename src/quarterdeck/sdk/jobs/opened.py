"""An open job: what is noted on the thread that opens and closes it, and told later by the reporter's own."""

from __future__ import annotations

import os

from quarterdeck.core.plain import plain
from quarterdeck.core.topics import new_id
from quarterdeck.sdk.jobs.job import Job
from quarterdeck.sdk.jobs.process import current_run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from quarterdeck.core.ops import Event
    from quarterdeck.sdk.jobs.job import Facts
    from quarterdeck.sdk.jobs.place import Place

    Look = Callable[[], Facts]
    # A state, and the error that brought it, or what is told of that.
    Ending = tuple[str, BaseException | Facts | None]
    Over = Callable[[bool], Ending | None]

_TRACEBACK = 16_000


class Open:
    """One open job.  ``look`` says how far it is, ``over(process ends)`` how it ended, where nobody else will.

    It was opened at ``place`` (None: not known), inside of ``around`` (None: of no other job), ``beside`` those with
    which it has this in common.  ``nest`` are the jobs that are open on its thread.  ``told``: that it was opened is;
    ``ending`` (state, facts, when) has yet to be.
    """

    __slots__ = ("_job", "around", "at", "beside", "ending", "look", "nest", "over", "place", "run", "told")

    def __init__(self, at: int, look: Look, place: Place | None, around: Open | None) -> None:
        self.at = at
        self.look = look
        self.place = place
        self.around = around
        self.run = current_run()
        self.told = False
        self.ending: tuple[str, Facts, int] | None = None
        self.over: Over | None = None
        self.beside: object = None
        self.nest: list[Open] | None = None
        self._job: Job | None = None

    @property
    def job(self) -> Job:
        """The job that it is, made when it is first asked for."""
        found = self._job
        if found is None:
            found = self._job = Job(ids.make(self.at), self.at)
        return found

    def end(self, state: str, error: BaseException | Facts | None, now: int) -> None:
        """It ends like this, which has yet to be told."""
        facts = self.look()
        told = told_of(error) if isinstance(error, BaseException) else error
        self.ending = (state, {**facts, **told} if told else facts, now)
        # What is looked at may go now.
        self.look, self.over = _nothing, None

    def news(self, now: int, process: str, shared: Event, place: str | None) -> tuple[Event, str]:
        """What has yet to be told, and the name of that event.

        ``process`` is the id of its process, ``shared`` how all jobs of that begin, ``place`` the id of its place.
        """
        # In this order: whoever closes it meanwhile sets the other one first.
        look, ending = self.look, self.ending
        job = self.job
        if ending is not None:
            self.ending = None
        if self.told:
            return (job.end(*ending), f"job.{ending[0]}") if ending is not None else ([], "")
        parent = process if self.around is None else self.around.job.id
        facts: Facts = {"place": place, "parent": parent, "run": self.run}
        if self.place is not None and self.place.arguments:
            facts["arguments"] = self.place.arguments
        if ending is None:
            ops, state = job.begin({**facts, **look()}, now, shared), "started"
        else:
            state, last, ended = ending
            ops = job.pass_by({**facts, **last}, state, ended, shared)
        self.told = True
        if self.place is not None:
            self.place.release()
        return ops, f"job.{state}"


def _nothing() -> Facts:
    return {}


def told_of(error: BaseException) -> Facts:
    """The fields that say which error ended a job."""
    # Not at the top: it is for programs that fail.
    import re
    import traceback

    # mpire colours the traceback of its worker, for a terminal.
    plain_text = re.sub(r"\x1b\[[0-9;]*m", "", "".join(traceback.format_exception(error)))
    text = redacted(plain_text)
    said: dict[str, Any] = {"type": type(error).__qualname__, "message": str(error)}
    return {"error": plain(said), "traceback": text[-_TRACEBACK:]}


def redacted(trace: str) -> str:
    """A traceback without the values of arguments that mpire writes above that of a worker."""
    # Not at the top: see told_of.
    import re

    hidden = "with arguments that are hidden:\n"
    return re.sub(r"with the following arguments:\n.*?\n(?=Traceback \()", hidden, trace, flags=re.DOTALL)


class Ids:
    """Ids of this process: a random beginning, then one more each.  Asking the system anew costs more than a bar."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Begin elsewhere: in a forked child."""
        self._next = int.from_bytes(os.urandom(6), "big")

    def make(self, at: int) -> str:
        """An id that no other job has, and that sorts by the time."""
        self._next += 1
        return new_id(at, self._next)


ids = Ids()
