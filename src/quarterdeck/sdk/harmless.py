"""What watches a program never fails in it."""

from __future__ import annotations

import functools

from quarterdeck.sdk.report import Report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import ParamSpec

    _P = ParamSpec("_P")

_report = Report()


def harmless(work: Callable[_P, None]) -> Callable[_P, None]:
    """Nothing that goes wrong while a program is watched may go wrong in it: the first errors are said, no more."""

    @functools.wraps(work)
    def tried(*args: _P.args, **kwargs: _P.kwargs) -> None:
        try:
            work(*args, **kwargs)
        except Exception as error:
            _report("progress", f"{type(error).__name__}: {error} (the program goes on, its progress may not be seen)")

    return tried
