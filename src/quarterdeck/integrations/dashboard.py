"""A dashboard for this program's progress: one that it starts, or one that is there already."""

from __future__ import annotations

import atexit
import os
import sys
import threading
from typing import TYPE_CHECKING

from quarterdeck.integrations.progress import install_again
from quarterdeck.sdk import default
from quarterdeck.sdk.dashboard.address import Address
from quarterdeck.sdk.dashboard.admission import admitted
from quarterdeck.sdk.dashboard.beside import HubBeside
from quarterdeck.sdk.discovery import is_same
from quarterdeck.sdk.forks import at_fork
from quarterdeck.sdk.jobs.reporter import reporter

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quarterdeck.sdk.client import Client

PATIENCE = 10.0
"""Seconds that the hub has to end."""
AT_EXIT = 0.2
"""Seconds that telling it the end has, and its own end, when the program ends: that waits for no dashboard."""
_URL, _TOKEN, _DECK = "QUARTERDECK_URL", "QUARTERDECK_TOKEN", "QUARTERDECK_DECK"


class Joined:
    """A dashboard that this program tells its jobs; ``hub`` is the dashboard itself, if this program has started it.

    Those whom the program starts find it by their environment.  A program that was told of this very hub by its own,
    perhaps by another port of it, goes on as it is: it is one program there.
    """

    def __init__(self, url: str, token: str, hub: HubBeside | None) -> None:
        self.hub = hub
        self._former = {name: os.environ.get(name) for name in (_URL, _TOKEN, _DECK)}
        self._client: Client | None = None
        stops = False
        known = self._former[_URL]
        if known is None or (self._former[_TOKEN] != token and not is_same(known, url)):
            stops = reporter.leave()
            # What a hub of one's own does not get is of no use to any other.
            self._client = default.new_client(url, token, keeps=hub is None)
            told = {_URL: url, _TOKEN: token}
            os.environ.update(told if hub is None else {**told, _DECK: hub.folder})
            default.use(self._client)
        install_again(stop=stops)

    def leave(self, patience: float) -> None:
        """Tell the end of everything, and let go; a hub of its own has so many seconds to end."""
        if self._client is None:
            return
        reporter.leave()
        taken = self._client.close(default.EXIT_TIMEOUT if self.hub is None else AT_EXIT)
        if self.hub is not None:
            self.hub.end(patience if taken else 0.0)
        for name, value in self._former.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


class _Dashboard:
    """The one that this program has joined, if any."""

    def __init__(self) -> None:
        self.joined: Joined | None = None
        self.lock = threading.RLock()

    def forked(self) -> None:
        """In a forked child: it tells its jobs to its parent's dashboard, and is not the one to end that."""
        self.lock = threading.RLock()
        if self.joined is not None and self.joined.hub is not None:
            self.joined.hub.forked()
            self.joined.hub = None


_dashboard = _Dashboard()
at_fork(in_child=_dashboard.forked)


def start_dashboard(port_range: Iterable[int] = range(8080, 8100), *, host: str = "127.0.0.1") -> dict[str, int | str]:
    """Start a dashboard beside this program, and let its jobs, from here on, be seen there.

    Returns ``dashboard_port_nr``, the lowest free port of the range, where the page is; and ``manager_host`` and
    ``manager_port_nr``, the highest one, for ``connect_to_dashboard`` of other programs.  A link that logs in is
    written to standard error.  ``host`` is the address to listen on: "0.0.0.0" lets other machines in.

    It ends with the program, however that ends, and with it what it has kept.  Raises RuntimeError if this program has
    a dashboard already, OSError if no two ports of the range are free, ImportError if the hub is not installed.
    """
    with _dashboard.lock:
        _check_free()
        hub = HubBeside(port_range, host)
        said = hub.said
        try:
            _join(Address(host, said["manager_port_nr"]), None, hub)
        except BaseException:
            hub.end(PATIENCE)
            raise
    sys.stderr.write(f"Quarterdeck dashboard: log in, once, within 15 minutes: {said['link']}\n")
    return {name: said[name] for name in ("dashboard_port_nr", "manager_host", "manager_port_nr")}


def connect_to_dashboard(
    manager_port_nr: int, manager_host: bytes | str | None = None, token: str | None = None
) -> None:
    """Let the jobs of this program, from here on, be seen on a dashboard, or on any hub, that is there already.

    ``manager_host`` is this machine if it is left out.  No token is needed for one of the same user on the same
    machine; elsewhere it is ``token``, or QUARTERDECK_TOKEN.

    Raises RuntimeError if this program has a dashboard already, ConnectionRefusedError if none answers there,
    PermissionError if that does not take the token.
    """
    with _dashboard.lock:
        _check_free()
        _join(Address(manager_host, manager_port_nr), token, None)


def shutdown_dashboard() -> None:
    """Tell the end of what still runs, and leave the dashboard; one that this program has started ends.

    From then on the program tells its jobs to nobody, until it connects again.  Without a dashboard it does nothing.
    """
    _leave(PATIENCE)


def _check_free() -> None:
    joined = _dashboard.joined
    if joined is not None:
        if joined.hub is None:
            raise RuntimeError("You're already connected to a running dashboard; shutdown_dashboard() leaves it")
        if joined.hub.lives:
            raise RuntimeError("You already have a running dashboard; shutdown_dashboard() ends it")
        _leave(0.0)


def _join(address: Address, token: str | None, hub: HubBeside | None) -> None:
    _dashboard.joined = Joined(address.url, admitted(address, token), hub)
    # What is registered last runs first: before the client waits for this hub as it would for any other.
    atexit.unregister(_leave)
    atexit.register(_leave, AT_EXIT)


def _leave(patience: float) -> None:
    with _dashboard.lock:
        joined, _dashboard.joined = _dashboard.joined, None
        if joined is not None:
            joined.leave(patience)
