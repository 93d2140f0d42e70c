"""A file that says which runs a worker has begun, whatever becomes of the worker: the hub reads it after its death."""

from __future__ import annotations

import os

SLOT = 96
SLOTS = 2048
"""More than a worker begins before the hub has heard of it."""


class Begun:
    """FOLDER/PLACE/begun: one line a run, the newest ``SLOTS`` of them, begun anew by each worker."""

    def __init__(self, folder: str, place: str) -> None:
        self._path = os.path.join(folder, place, "begun")
        self._file = -1
        self._count = 0

    def note(self, run: str, *facts: int) -> None:
        """This run begins; raises OSError if that cannot be written, and then it must not.

        ``facts``: when (UTC microseconds), and where its lines begin in the day's log and in the file of descriptors 1
        and 2.
        """
        if self._file < 0:
            os.makedirs(os.path.dirname(self._path), exist_ok=True)
            self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        line = " ".join([run, *map(str, facts)]).encode("ascii").ljust(SLOT - 1) + b"\n"
        os.pwrite(self._file, line, self._count % SLOTS * SLOT)
        self._count += 1
