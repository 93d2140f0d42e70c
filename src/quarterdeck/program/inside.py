"""What runs first inside a program below ``quarterdeck run``, and inside every Python that it starts."""

from __future__ import annotations

import os

from quarterdeck.sdk import default
from quarterdeck.sdk.jobs import deaths, process
from quarterdeck.sdk.jobs.reporter import harmless, reporter


@harmless
def begin() -> None:
    """Let the libraries report; the program itself is told of by who started it, all others once they have a bar."""
    # The program knows nothing of a hub: whether there is one was said before it began.
    default.prepare(muted=("denied",), exit_timeout=default.HALF_TIMEOUT)
    reporter.quiet = not reporter.told
    os.environ.pop(process.OWN, None)
    from quarterdeck.progress import install  # noqa: PLC0415 - patches, so only once all is prepared

    install()
    if reporter.told:
        deaths.listen()
