"""A hub that lives beside this program: the ordinary one, in a process of its own that ends with this one.

A pipe that this program holds open tells it that the program lives; nothing else could, when that is killed.
"""

from __future__ import annotations

import contextlib
import os
import shutil

from quarterdeck.sdk.dashboard.starting import HubError, Started
from quarterdeck.sdk.discovery import port_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


class HubBeside:
    """A hub on the lowest and the highest free port of ``ports``; ``said`` is what it tells of itself.

    Its jobs are in ``folder``, which goes with it.  Raises ImportError if the hub is not installed, OSError if there
    are no two free ports, RuntimeError if it does not start.
    """

    def __init__(self, ports: Iterable[int], host: str) -> None:
        try:
            self._hub = Started("--beside", "--host", host, *_range(ports))
        except HubError as error:
            if error.code.startswith(("port-", "host-")):
                raise OSError(*error.args) from None
            raise
        self.said = self._hub.said
        self.folder: str = self.said["folder"]

    @property
    def lives(self) -> bool:
        """Whether it has not ended."""
        return self._hub.lives

    def end(self, patience: float) -> None:
        """End it, and wait for that; one that has not within so many seconds is killed, and leaves nothing either."""
        self._hub.end(patience)
        if self._hub.process.returncode != 0:
            self._tidy()

    def forked(self) -> None:
        """In a forked child: the hub is the parent's, and must not live for as long as the child does."""
        self._hub.disown()

    def _tidy(self) -> None:
        """Remove what a hub that was killed has left."""
        shutil.rmtree(os.path.dirname(self.folder), ignore_errors=True)
        for name in ("dashboard_port_nr", "manager_port_nr"):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(port_file(self.said[name]))


def _range(ports: Iterable[int]) -> tuple[str, str]:
    spans: list[list[int]] = []
    for port in sorted(set(ports)):
        if spans and port == spans[-1][1]:
            spans[-1][1] += 1
        else:
            spans.append([port, port + 1])
    if sum(end - first for first, end in spans) < 2:
        raise OSError("a dashboard needs a range of two ports or more")
    return "--port-range", ",".join(f"{first}-{end}" for first, end in spans)
