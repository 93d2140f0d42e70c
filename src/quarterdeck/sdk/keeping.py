"""When the spool is used: what does not fit into the outbox while the hub is away, and what is left at the end."""

from __future__ import annotations

import os
from contextlib import suppress

from quarterdeck.sdk.blob import blobs_in, without
from quarterdeck.sdk.transport import loading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from quarterdeck.sdk.outbox import Batch, Outbox
    from quarterdeck.sdk.report import Report
    from quarterdeck.sdk.spool import Kept, Spool

    # Takes the stream, number and lines of a batch; gives the hub's answer, or raises OSError.
    Forward = Callable[[str, int, bytes], dict[str, Any]]
    # The same without an answer.
    Leave = Callable[[str, int, bytes], None]

BATCH_BYTES = 128_000


class Keeping:
    """The spool of one client; ``path()`` says its file, None if nothing shall be kept.

    ``forward`` and ``leave`` are the transport's.  SQLite is loaded when there is something to keep or kept.
    """

    def __init__(
        self, forward: Forward, path: Callable[[], str | None], report: Report, leave: Leave | None = None
    ) -> None:
        self._forward = forward
        self._leave = leave
        self._path = path
        self._report = report
        self._opened: Spool | None = None
        self._failed = False

    def keep(self, outbox: Outbox, leaving: int | None = None) -> bool:
        """Move everything from the outbox into the spool; call it with the outbox's lock held.

        False if that failed: then all is frozen in the outbox, and nothing is tried again before the hub was back.
        The batches after the number ``leaving`` lie at the hub's door, too, if it has one: it may yet wake up.
        """
        from quarterdeck.sdk.lines import encode_batch  # json loads with the first connection

        path = self._path()
        if path is None or self._failed:
            return False
        spool = self._spool(path)
        window, outbox.window = outbox.window, 1 << 30
        while outbox.freeze(BATCH_BYTES):
            pass
        outbox.window = window
        batches = list(outbox.frozen)
        for batch in batches:
            self._leave_blobs(batch)
        try:
            spool.keep(outbox.stream, [(batch.number, encode_batch(batch)) for batch in batches])
        except (OSError, _errors()) as error:
            self._failed = True
            self._report("spool", f"{spool.path} cannot keep what waits for the hub: {error}")
            return False
        for batch in batches:
            outbox.handed_on(batch)
            if leaving is not None and batch.number > leaving:
                self._leave_one(outbox.stream, batch)
        return True

    def _leave_one(self, stream: str, batch: Batch) -> None:
        from quarterdeck.sdk.lines import encode_batch

        if self._leave is not None:
            with suppress(OSError):  # It is kept all the same.
                self._leave(stream, batch.number, encode_batch(batch))

    def _leave_blobs(self, batch: Batch) -> None:
        """Take blobs out of a batch: their bytes are not kept, and without these the hub refuses what names them."""
        for frame in batch.frames if batch.encoded is None else ():
            for blob in list(blobs_in(frame["ops"])):
                frame["ops"] = without(frame["ops"], blob)
                called = blob["name"] or blob["sha256"][:12]
                self._report("dropped", f"{frame['topic']}: the hub is away, and the blob {called} is not kept for it")

    def count_lost(self, events: int) -> None:
        """Leave word of events that nobody will send."""
        path = self._path()
        if path is not None and events:
            spool = self._spool(path)
            try:
                spool.count_lost(events)
            except (OSError, _errors()) as error:
                self._report("spool", f"{events} events were lost, and {spool.path} cannot say so: {error}")

    def send(self, new_stream: Callable[[], str]) -> tuple[dict[str, int], int]:
        """Send what is kept, the oldest first; raises OSError if the hub goes away.

        The last number that the hub now has of each stream that was sent, and the events that other processes lost.
        """
        self._failed = False
        sent: dict[str, int] = {}
        path = self._path()
        if path is None or not os.path.exists(path):
            return sent, 0
        with loading:
            spool = self._spool(path)
        try:
            while (kept := spool.first()) is not None:
                if self._send_one(spool, kept, new_stream):
                    sent[kept.stream] = kept.number
            return sent, spool.take_lost()
        except _errors() as error:
            self._report("spool", f"{spool.path} cannot be read, and what it keeps is not sent: {error}")
            return sent, 0

    def _send_one(self, spool: Spool, kept: Kept, new_stream: Callable[[], str]) -> bool:
        error = self._forward(kept.stream, kept.number, kept.body).get("error")
        if error is None:
            spool.remove(kept)
            return True
        if error.get("code") != "gap":
            spool.remove(kept)
            self._report("dropped", f"the hub did not take a kept batch: {error.get('message')}")
        # The number is not in the hub's stream: what is left begins another one.
        spool.restart(kept.stream, new_stream())
        return False

    def _spool(self, path: str) -> Spool:
        if self._opened is None:
            from quarterdeck.sdk.spool import Spool  # sqlite3 is for those who keep

            self._opened = Spool(path)
        return self._opened


def _errors() -> type[Exception]:
    import sqlite3

    return sqlite3.Error
