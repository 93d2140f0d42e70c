"""The client that a program uses without naming one."""

from __future__ import annotations

import os
import sys
import threading

from quarterdeck.sdk.client import Client
from quarterdeck.sdk.forks import at_fork
from quarterdeck.sdk.http import HttpTransport
from quarterdeck.sdk.keeping import Keeping
from quarterdeck.sdk.report import Report
from quarterdeck.sdk.topic import Topic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from quarterdeck.sdk.calls import Call

EXIT_TIMEOUT = 0.3
"""Seconds: whatever hub it has, a program ends within half a second of its end."""
HALF_TIMEOUT = EXIT_TIMEOUT / 2
"""For a program and for who runs it: they end one after the other."""

_KERNEL = "ipykernel_launcher.py"


class _InUse:
    """The program's client, and the address and token that it was asked for with."""

    def __init__(self) -> None:
        self.client: Client | None = None
        self.asked: tuple[str | None, str | None] | None = None
        self.stand_in: Client | None = None
        self.claimed: list[tuple[str, Callable[[Call], None]]] = []
        self.muted: tuple[str, ...] = ()
        self.exit_timeout = EXIT_TIMEOUT
        self.lock = threading.RLock()

    def forked(self) -> None:
        """In a forked child: no thread that held the lock is here, and the parent answers calls."""
        self.claimed.clear()
        self.lock = threading.RLock()


_in_use = _InUse()
at_fork(in_child=_in_use.forked)


def connect(url: str | None = None, token: str | None = None) -> Client:
    """Use the hub at ``url`` (http://host:port) with a producer's ``token``, from here on, in the whole program.

    Without arguments: QUARTERDECK_URL and QUARTERDECK_TOKEN, else the hub that this user runs on this machine.  Never
    needed before ``topic``, never waits for the hub, and never fails because it is away.  What is still to be sent when
    the program ends gets 0.3 s, two while the hub goes on taking it, and the rest is kept for next time.  Called again
    with the same arguments it returns the same client.
    """
    with _in_use.lock:
        if _in_use.stand_in is not None:
            return _in_use.stand_in
        if _in_use.client is None or _in_use.asked != (url, token):
            use(new_client(url, token))
            _in_use.asked = (url, token)
        return current()


def new_client(url: str | None, token: str | None, *, keeps: bool = True) -> Client:
    """A client that is in nobody's use yet; unless it ``keeps`` what the hub does not get, that is gone."""
    return client_over(HttpTransport(url, token), keeps=keeps)


def client_over(transport: HttpTransport, *, keeps: bool = True) -> Client:
    """The same over this way to a hub."""
    report = Report(_in_use.muted)
    keeping = Keeping(transport.forward, transport.spool_file, report, transport.leave) if keeps else None
    patience = _in_use.exit_timeout
    return Client(transport, name=program_name(), exit_timeout=patience, report=report, keeping=keeping)


def use(client: Client) -> None:
    """Make ``client`` the one that the program uses; the one before, if any, sends what it has and is closed."""
    with _in_use.lock:
        former, _in_use.client, _in_use.asked = _in_use.client, client, None
        for claimed in _in_use.claimed:
            client.claim(*claimed)
    if former is not None and former is not client:
        # Beside the program, which waits for nobody.
        threading.Thread(target=former.close, args=(EXIT_TIMEOUT,), name="quarterdeck-closing", daemon=True).start()


def prepare(*, muted: tuple[str, ...], exit_timeout: float) -> None:
    """What clients from here on do not say (kinds of ``Report``), how long they wait at the end for a silent hub."""
    _in_use.muted, _in_use.exit_timeout = muted, exit_timeout


def is_chosen() -> bool:
    """Whether the program has said by itself which hub it uses."""
    return _in_use.stand_in is not None or (_in_use.client is not None and _in_use.asked != (None, None))


def claim(topic: str, handler: Callable[[Call], None]) -> None:
    """Answer the calls on a topic, whichever hub the program uses from here on; see ``Client.on_call``."""
    with _in_use.lock:
        client = current()
        client.claim(topic, handler)
        if (topic, handler) not in _in_use.claimed:
            _in_use.claimed.append((topic, handler))


def stand_in(client: Client | None) -> None:
    """Let ``client`` (of a test) answer for whatever address is asked for; with None the program's own is back."""
    _in_use.stand_in = client


def current() -> Client:
    """The client in use; connects as ``connect()`` does if there is none."""
    client = _in_use.stand_in or _in_use.client
    return connect() if client is None else client


def topic(name: str) -> Topic:
    """The topic of this name; raises Refused if it cannot be one."""
    return Topic(name, current)


def program_name() -> str:
    """What was started, without its folder and its arguments: a file, a package, or a notebook and not its kernel."""
    path = sys.argv[0] if getattr(sys, "argv", None) else ""
    name = _base(path) or "python"
    if name == "__main__.py":  # so it is with ``python -m PACKAGE``
        return _base(path.removesuffix(name)[:-1]) or name
    if name != _KERNEL:
        return name
    # Which Jupyter tells its kernels; others may not.
    return _base(os.environ.get("JPY_SESSION_NAME", "")) or "notebook"


def _base(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]
