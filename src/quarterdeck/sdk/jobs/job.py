"""One job: what the hub was told of it, and the operations that say what is new.  Pure; times in microseconds."""

from __future__ import annotations

import functools

from quarterdeck.core.lifecycle import JOB, NEW
from quarterdeck.core.ops import TWO_53
from quarterdeck.core.plain import plain
from quarterdeck.sdk.jobs.rate import Rate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from quarterdeck.core.ops import Event, Op

    Facts = dict[str, Any]

SECOND = 1_000_000
HISTORY = 1000
INSIGHTS, LONGEST, MOST = "insights", "longest", 5
_POINTS = 100
"""A point a second of the first so many, then ever wider apart: it takes eleven days to fill the history."""


class Job:
    """Every method returns the operations that say what it changes; of ``facts``, dicts are plain already."""

    __slots__ = ("_history_due", "_rate", "_said", "id", "started", "state", "topic")

    def __init__(self, id: str, started: int) -> None:
        self.id = id
        self.topic = f"job/{id}"  # ids need no encoding
        self.state = NEW
        self.started = started
        self._said: Facts = {}
        self._rate: Rate | None = None  # made when there is something to measure: most bars may be brief
        self._history_due = started

    def begin(self, facts: Facts, now: int, shared: Sequence[Op] = ()) -> Event:
        """It was opened, and is as far as these facts say; ``shared`` is how all jobs of its process begin."""
        return [*shared, *self.tell({"started": self.started, **facts}, now), *self._change("running")]

    def tell(self, facts: Facts, now: int) -> Event:
        """What of these facts is new; ``done`` brings its rate and history with it."""
        said = self._said
        new = {field: value for field, value in facts.items() if said.get(field) != value}
        if "done" in new:
            new["changed"] = now
            rate = (self._rate or self._measured()).at(now, new["done"])
            if rate is not None or "rate" in said:
                new["rate"] = rate
        said.update(new)
        ops = _said(new)
        if "done" in new and now >= self._history_due:
            self._history_due = now + max(SECOND, (now - self.started) // _POINTS)
            ops.append(["push", "history", [[now, plain(new["done"])]], HISTORY])
        return ops

    def end(self, state: str, facts: Facts, now: int) -> Event:
        """It ended in this state; nothing if it cannot have (it is over)."""
        if not JOB.allows(self.state, state):
            return []
        self._history_due = now
        return [*self.tell({**facts, "ended": now}, now), *self._change(state)]

    def pass_by(self, facts: Facts, state: str, ended: int, shared: Sequence[Op] = ()) -> Event:
        """It was opened, and ended in this state with these facts, before it was told of."""
        self._said = facts
        self.state = "running"
        told = {field: value for field, value in facts.items() if value is not None}
        told["started"], told["ended"] = self.started, ended
        return [*shared, *_said(told), *self._change(state)]

    def _measured(self) -> Rate:
        self._rate = Rate()
        return self._rate

    def _change(self, state: str) -> Sequence[Op]:
        before, self.state = self.state, state
        return _changed(before, state)


@functools.cache
def _changed(before: str, after: str) -> Sequence[Op]:
    """The operations that say so, which many jobs share."""
    return (["set", "state", after], ["set", "reason", JOB.change(before, after)])


def _said(facts: Facts) -> Event:
    ops: Event = []
    for field, value in facts.items():
        kind = type(value)
        # Most are plain as they are, and there are many.
        usual = (kind is str and value.isascii()) or (kind is int and -TWO_53 < value < TWO_53) or kind is dict
        ops.append(["set", field, value if usual else plain(value)])
    if INSIGHTS in facts:
        # These are no scalars: the first operation makes them what they are.
        ops = [["put", *op[1:]] if op[1] == INSIGHTS else op for op in ops]
        ops.insert(0, ["push", LONGEST, [], MOST])
    return ops
