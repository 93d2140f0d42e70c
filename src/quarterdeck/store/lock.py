"""The lock beside a database file: exactly one process in the whole system has it open for writing.

It is a lock of the operating system on ``FILE.lock``, so it ends with its process, however that ends.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from quarterdeck.store.contract import StoreError

if TYPE_CHECKING:
    from pathlib import Path

# The first bytes of the file stay readable on Windows, where a locked range is not.
_LOCKED_BYTE = 1 << 20

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        os.lseek(descriptor, 0, os.SEEK_SET)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class FileLock:
    """Held from its making until ``release``; raises StoreError with the holder's process id if another has it."""

    def __init__(self, file: Path) -> None:
        path = file.with_name(file.name + ".lock")
        self._descriptor: int | None = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(self._descriptor)
        except OSError:
            holder = os.read(self._descriptor, 32).decode("ascii", "replace").strip()
            self.release()
            raise _held(file, holder) from None
        os.ftruncate(self._descriptor, 0)
        os.write(self._descriptor, f"{os.getpid()}\n".encode())

    def release(self) -> None:
        """Let another have it; a second call does nothing."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _held(file: Path, holder: str) -> StoreError:
    who = f"process {holder or 'unknown'}"
    mend = f"Stop the hub of this deck ({who}), or let that hub do the work: commands ask a running hub."
    return StoreError("locked", f"The store {file} is in use by {who}.", mend)
