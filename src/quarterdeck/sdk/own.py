"""The job of a process that somebody else tells of: who has started it.  Loads nothing: each process asks for it."""

from __future__ import annotations

import os

OWN = "QUARTERDECK_JOB"
"""The environment's word for the id of that job, and the number of the process that has started this very one."""


def own_job() -> str | None:
    """Its id; None if nobody tells of this process."""
    job, _, maker = os.environ.get(OWN, "").partition("/")
    # Whoever this process starts may inherit the word, which is not for it.
    return job if job and maker == str(os.getppid()) else None
