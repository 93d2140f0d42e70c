"""Python runs this before every program below ``quarterdeck run``; then the one runs that would have without us.

It is read by whichever Python the program starts, so it has nothing that an old one does not know.
"""

import os
import sys

_HERE = os.path.dirname(os.path.abspath(__file__))
_ROOT = os.path.dirname(os.path.dirname(os.path.dirname(_HERE)))


def _run_next() -> None:
    ours = sys.modules.pop("sitecustomize")
    try:
        import sitecustomize  # type: ignore[import-not-found]  # noqa: F401 - the next on the path
    except ImportError as error:
        sys.modules["sitecustomize"] = ours
        if error.name != "sitecustomize":
            raise
    except BaseException:
        sys.modules["sitecustomize"] = ours
        raise


def _report() -> None:
    if sys.version_info < (3, 11):
        return
    if _ROOT not in sys.path:
        # An environment that does not have us finds us here, and nothing else: the folder may be full of other things.
        sys.path.append(_ROOT)
        try:
            import quarterdeck  # noqa: F401 - now it is known
        finally:
            sys.path.remove(_ROOT)
    from quarterdeck.program import inside

    inside.begin()


sys.path[:] = [folder for folder in sys.path if folder != _HERE]
try:
    _run_next()
finally:
    _report()
