"""Bars of tqdm as jobs, those of code that knows nothing of Quarterdeck too.

Nothing in its loops is touched: a bar is reported when it opens and when it closes, and looked at in between.  Its own
terminal bar stays as it is.
"""

from __future__ import annotations

import functools
import sys
import time
import weakref
from typing import TYPE_CHECKING, Any

from quarterdeck.sdk.harmless import harmless
from quarterdeck.sdk.jobs import deaths
from quarterdeck.sdk.jobs.place import Place, caller
from quarterdeck.sdk.jobs.reporter import reporter

if TYPE_CHECKING:
    from types import ModuleType

    from quarterdeck.sdk.jobs.opened import Open

_OURS = ("tqdm", "quarterdeck")
_STALE = 1.0
"""Seconds without news after which a bar is asked to count every step: it skips as many as passed in a good moment."""


class Seen:
    """How one bar is looked at, and how it ended."""

    __slots__ = ("_bar", "_done", "_label", "_since", "failure", "opened")

    def __init__(self, bar: Any) -> None:
        # Bars that nobody holds any more close themselves, which must not wait for us.
        self._bar = weakref.ref(bar)
        self._done = bar.n
        self._since = time.monotonic()
        self.failure: BaseException | None = None
        frame = caller(_OURS, 4)
        place = None if frame is None else Place(frame)
        self._label = None if place is None else place.label
        # Bars that one line opens and nothing loops over are a list of them; else who opens one later is inside of it.
        beside = None if place is None or bar.iterable is not None else (place.code, place.line)
        self.opened: Open = reporter.open(self.look, place, beside=beside)

    def look(self) -> dict[str, Any]:
        """The bar's fields as of now."""
        bar = self._bar()
        return {} if bar is None else self._look_at(bar)

    def _look_at(self, bar: Any) -> dict[str, Any]:
        done, now = bar.n, time.monotonic()
        if done != self._done:
            self._done, self._since = done, now
        elif now - self._since > _STALE and bar.miniters > 1 and bar.dynamic_miniters:
            # As tqdm's own monitor does, only after ten seconds.
            bar.miniters = 1
        postfix = bar.postfix
        return {
            "name": (bar.desc or "").removesuffix(": ") or self._label,
            "done": done,
            "total": bar.total,
            "unit": bar.unit,
            "postfix": postfix if postfix is None or isinstance(postfix, str) else str(postfix),
        }

    def close(self, bar: Any) -> None:
        """It closes, now."""
        error = self.failure or failure_of(bar)
        if isinstance(error, KeyboardInterrupt):
            state = "interrupted"
        elif error is not None:
            state = "failed"
        elif bar.total is None:
            state = "stopped" if isinstance(sys.exc_info()[1], GeneratorExit) else "done"
        else:
            state = "done" if bar.n >= bar.total else "stopped"
        # One that is closed by its own end is not to be found any more.
        self.opened.look = lambda: self._look_at(bar)
        reporter.close(self.opened, state, error)


def failure_of(bar: Any) -> BaseException | None:
    """The error that came out of what the bar iterates over, if one is just on its way."""
    error = sys.exc_info()[1]
    trace = error.__traceback__ if error is not None else None
    if trace is None or isinstance(error, GeneratorExit) or trace.tb_frame.f_code.co_name != "__iter__":
        return None
    return error if trace.tb_frame.f_locals.get("self") is bar else None


def patch(module: ModuleType) -> None:
    """Let every bar of ``tqdm.std`` be a job; again has no effect."""
    standard = module.tqdm
    if getattr(standard, "_seen", ...) is None:
        return
    begin, close, leave = standard.__init__, standard.close, standard.__exit__

    @functools.wraps(begin)
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        begin(self, *args, **kwargs)
        opened(self)

    @functools.wraps(close)
    def closing(self: Any) -> Any:
        closed(self)
        return close(self)

    @functools.wraps(leave)
    def __exit__(self: Any, kind: Any, error: Any, trace: Any) -> Any:
        failed(self, error)
        return leave(self, kind, error, trace)

    for name, value in {"_seen": None, "__init__": __init__, "close": closing, "__exit__": __exit__}.items():
        setattr(standard, name, value)


@harmless
def opened(bar: Any) -> None:
    """A bar was made; those of mpire are told of by what shows them, as it also makes some to try its options."""
    if bar._seen is None and not bar.disable and not type(bar).__module__.startswith("mpire."):
        deaths.listen()
        bar._seen = Seen(bar)


@harmless
def closed(bar: Any) -> None:
    """A bar closes."""
    if bar._seen is not None and not bar.disable:
        bar._seen.close(bar)


@harmless
def failed(bar: Any, error: BaseException | None) -> None:
    """A bar is left, by an error or without."""
    if bar._seen is not None:
        bar._seen.failure = error
