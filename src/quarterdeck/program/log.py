"""Where the log of a program lies: in the folder of a hub on this machine, else in one of ours until a hub has it."""

from __future__ import annotations

import os
import shutil
import tempfile

from quarterdeck.core.topics import join
from quarterdeck.program.posting import Posting, poster
from quarterdeck.sdk.clock import utc_now
from quarterdeck.worker.logfile import LogFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Log:
    """``folder`` is the hub's.  ``file`` is None if it cannot be written, ``field`` is the job's field ``log``."""

    def __init__(self, folder: str | None, job: str) -> None:
        self.file: LogFile | None = None
        self.field: dict[str, Any] | None = None
        self._ours: str | None = None
        self._posting: Posting | None = None
        try:
            if folder is None:
                folder = self._ours = tempfile.mkdtemp(prefix="quarterdeck-")
            file = LogFile(folder, "job", job)
            start = file.begin(utc_now())
        except OSError:
            return  # a full disk must not keep the program from running; the page has the tail
        self.file, self.field = file, {"file": file.name, "from": start, "to": None}
        if self._ours is not None:
            self._posting = Posting(os.path.join(self._ours, file.name), poster(join("job", job)))
            self._posting.start()

    def end(self) -> dict[str, Any] | None:
        """All is written; the field, whole."""
        if self._posting is not None:
            self._posting.finish()
        if self.file is None or self.field is None:
            return None
        return {**self.field, "to": self.file.end()}

    def close(self, patience: float) -> None:
        """A hub that does not take what is left of it within ``patience`` seconds is waited for no longer."""
        if self._posting is not None:
            self._posting.wait(patience)
        if self._ours is not None:
            shutil.rmtree(self._ours, ignore_errors=True)
