"""Progress without a choice of library: ``install`` for those that are there, and ``track``, which needs none."""

from __future__ import annotations

import sys
from collections.abc import Sized
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, TypeVar

from quarterdeck.sdk.jobs import deaths
from quarterdeck.sdk.jobs.place import Place
from quarterdeck.sdk.jobs.reporter import reporter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_T = TypeVar("_T")


def install(*, tqdm: bool = True, rich: bool = True, stop: bool = False) -> None:
    """Let unchanged code report: the bars of tqdm and the tasks of rich are jobs from here on.

    A library that is not installed is left out; one that is switched off here stays as it is.  The program itself is a
    job from here on, even before it has a bar, so that those of the processes that it starts stand under it.  With
    ``stop`` an admin of the hub may stop the program: it gets what Ctrl-C gives it.
    """
    if stop:
        reporter.allow_stop()
    reporter.begin()
    # Each is loaded only if it is wanted and there: none of them is a dependency.
    if tqdm and find_spec("tqdm"):
        from quarterdeck.integrations.tqdm import install as install_tqdm  # noqa: PLC0415

        install_tqdm()
    if rich and find_spec("rich"):
        from quarterdeck.integrations.rich import install as install_rich  # noqa: PLC0415

        install_rich()


def track(sequence: Iterable[_T], description: str = "Working...", total: float | None = None) -> Iterator[_T]:
    """Iterate over ``sequence`` as a job on the hub; needs no library and writes nothing to the terminal.

    ``total`` is how many there are to come, if ``len`` does not tell.
    """
    if total is None and isinstance(sequence, Sized):
        total = len(sequence)
    return _tracked(sequence, description, total, Place(sys._getframe(1)))


def _tracked(sequence: Iterable[_T], description: str, total: float | None, place: Place) -> Iterator[_T]:
    done = 0

    def look() -> dict[str, Any]:
        return {"name": description, "done": done, "total": total, "unit": None, "postfix": None}

    deaths.listen()
    opened = reporter.open(look, place)
    state = "stopped"
    failure: BaseException | None = None
    try:
        for item in sequence:
            yield item
            done += 1
        state = "done"
    except KeyboardInterrupt as error:
        state, failure = "interrupted", error
        raise
    except GeneratorExit:
        raise
    except BaseException as error:
        state, failure = "failed", error
        raise
    finally:
        reporter.close(opened, state, failure)
