"""Progress without a choice of library: ``install`` for those that are there, and ``track``, which needs none."""

from __future__ import annotations

import sys
from collections.abc import Sized
from typing import TYPE_CHECKING, Any, TypeVar

from quarterdeck.integrations.arriving import await_module
from quarterdeck.integrations.awaited import LIBRARIES
from quarterdeck.sdk.jobs import deaths
from quarterdeck.sdk.jobs.arguments import allow_arguments
from quarterdeck.sdk.jobs.place import Place
from quarterdeck.sdk.jobs.reporter import reporter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_T = TypeVar("_T")
_chosen: dict[str, bool] = {}


def install(
    *,
    tqdm: bool = True,
    rich: bool = True,
    mpire: bool = True,
    joblib: bool = True,
    futures: bool = True,
    pool: bool = True,
    arguments: bool = False,
    stop: bool = False,
) -> None:
    """Let unchanged code report: what it does by these libraries are jobs from here on.

    ``futures`` are the executors of concurrent.futures, ``pool`` is that of multiprocessing.  A library is patched when
    the program imports it, and never imported; one that is switched off here stays as it is.  The program itself is a
    job from here on, even before it has a bar, so that those of the processes that it starts stand under it.  With
    ``arguments`` the hub is also told what functions with bars were called with, without what looks like a secret, and
    the arguments of the longest tasks of mpire's pools as they are; with
    ``stop`` an admin of the hub may stop the program: it gets what Ctrl-C gives it.
    """
    allow_arguments(arguments)
    if stop:
        reporter.allow_stop()
    reporter.begin()
    wanted = {"tqdm": tqdm, "rich": rich, "mpire": mpire, "joblib": joblib, "futures": futures, "pool": pool}
    _chosen.update(wanted, arguments=arguments)
    for library, modules in LIBRARIES.items():
        for module, ours in modules.items() if wanted[library] else ():
            await_module(module, f"{__package__}.{ours}")


def install_again(*, stop: bool) -> None:
    """As it was chosen before, else all of it: for a program that changes its hub."""
    install(**_chosen, stop=stop)


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
