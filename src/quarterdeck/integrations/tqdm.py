"""tqdm: its bars are jobs.

Nothing in its loops is touched: a bar is reported when it opens and when it closes, and looked at in between.  Its own
terminal bar stays as it is.
"""

from __future__ import annotations

import sys
import time
import warnings
import weakref
from typing import TYPE_CHECKING, Any

from tqdm import TqdmExperimentalWarning
from tqdm.std import tqdm as standard

from quarterdeck.sdk.jobs import deaths
from quarterdeck.sdk.jobs.place import Place, caller
from quarterdeck.sdk.jobs.reporter import harmless, reporter

with warnings.catch_warnings():
    # In a notebook its bars are new each year; whoever chose them has been told by tqdm itself.
    warnings.simplefilter("ignore", TqdmExperimentalWarning)
    from tqdm.auto import tqdm as automatic

if TYPE_CHECKING:
    from types import TracebackType

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
        self.opened: Open = reporter.open(self.look, place)

    def look(self) -> dict[str, Any]:
        """The bar's fields as of now."""
        bar = self._bar()
        if bar is None:
            return {}
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
        reporter.close(self.opened, state, error)


def failure_of(bar: Any) -> BaseException | None:
    """The error that came out of what the bar iterates over, if one is just on its way."""
    error = sys.exc_info()[1]
    trace = error.__traceback__ if error is not None else None
    if trace is None or isinstance(error, GeneratorExit) or trace.tb_frame.f_code.co_name != "__iter__":
        return None
    return error if trace.tb_frame.f_locals.get("self") is bar else None


class Reporting:
    """What a bar does besides; to be mixed in before a class of tqdm's."""

    _seen: Seen | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _opened(self)

    def close(self) -> None:
        """See tqdm."""
        _closing(self)
        super().close()  # type: ignore[misc]  # the class that this is mixed into has it

    def __exit__(self, kind: Any, error: BaseException | None, trace: TracebackType | None) -> Any:
        """See tqdm."""
        _failed(self, error)
        return super().__exit__(kind, error, trace)  # type: ignore[misc]  # see close


class tqdm(Reporting, automatic):  # type: ignore[type-arg]
    """tqdm's own (that of notebooks in a notebook), whose bars are jobs on the hub."""


def trange(*args: Any, **kwargs: Any) -> tqdm:
    """``tqdm(range(*args), **kwargs)``."""
    return tqdm(range(*args), **kwargs)


def install() -> None:
    """Let every bar of tqdm be a job, those of code that knows nothing of Quarterdeck too; again has no effect."""
    if getattr(standard, "_seen", ...) is None:
        return
    begin, close, leave = standard.__init__, standard.close, standard.__exit__

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        begin(self, *args, **kwargs)
        _opened(self)

    def closing(self: Any) -> Any:
        _closing(self)
        return close(self)

    def __exit__(self: Any, kind: Any, error: Any, trace: Any) -> Any:
        _failed(self, error)
        return leave(self, kind, error, trace)

    for name, value in {"_seen": None, "__init__": __init__, "close": closing, "__exit__": __exit__}.items():
        setattr(standard, name, value)


@harmless
def _opened(bar: Any) -> None:
    if bar._seen is None and not bar.disable:
        deaths.listen()
        bar._seen = Seen(bar)


@harmless
def _closing(bar: Any) -> None:
    if bar._seen is not None and not bar.disable:
        bar._seen.close(bar)


@harmless
def _failed(bar: Any, error: BaseException | None) -> None:
    if bar._seen is not None:
        bar._seen.failure = error
