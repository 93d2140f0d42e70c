"""What runs first inside a program below ``quarterdeck run``, and inside every Python that it starts.

The program itself reports at once.  All others do when they import a library that has something to report: most never
do, and pay nothing.
"""

from __future__ import annotations

import os
import sys

from quarterdeck.integrations.awaited import MODULES
from quarterdeck.sdk.own import OWN, own_job

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType


def begin() -> None:
    """Report, now or later."""
    if own_job() is not None or not MODULES.isdisjoint(sys.modules):
        _report()
    else:
        sys.meta_path.insert(0, _Waiting())
    os.environ.pop(OWN, None)


class _Waiting:
    """Waits for the first of the libraries, and is gone then."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """See importlib.abc.MetaPathFinder."""
        if name not in MODULES or self not in sys.meta_path:
            return None
        sys.meta_path.remove(self)
        _report()
        # Who asks goes through the list as it was; these have come since.
        specs = (finder.find_spec(name, path, target) for finder in list(sys.meta_path))
        return next((spec for spec in specs if spec is not None), None)


def _report() -> None:
    """Let the libraries report; the program is told of by who started it, all others are once they have a bar."""
    # Here, and not at the top: see above.
    from quarterdeck.sdk import default
    from quarterdeck.sdk.harmless import harmless
    from quarterdeck.sdk.jobs import deaths
    from quarterdeck.sdk.jobs.reporter import reporter

    @harmless
    def install() -> None:
        # The program knows nothing of a hub: whether there is one was said before it began.
        default.prepare(muted=("denied",), exit_timeout=default.HALF_TIMEOUT)
        reporter.quiet = not reporter.told
        from quarterdeck.progress import install as install_all

        install_all()
        if reporter.told:
            deaths.listen()

    install()
