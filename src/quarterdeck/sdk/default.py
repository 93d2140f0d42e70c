"""The client that a program uses without naming one."""

from __future__ import annotations

import sys
import threading

from quarterdeck.sdk.client import Client
from quarterdeck.sdk.http import HttpTransport
from quarterdeck.sdk.keeping import Keeping
from quarterdeck.sdk.report import Report
from quarterdeck.sdk.topic import Topic

EXIT_TIMEOUT = 2.0

_current: Client | None = None
_connecting = threading.Lock()


def connect(url: str | None = None, token: str | None = None) -> Client:
    """Use the hub at ``url`` (http://host:port) with a producer's ``token``, from here on, in the whole program.

    Without arguments: QUARTERDECK_URL and QUARTERDECK_TOKEN, else the hub that this user runs on this machine.  Never
    needed before ``topic``, never waits for the hub, and never fails because it is away.  What is still to be sent when
    the program ends gets two seconds.
    """
    transport = HttpTransport(url, token)
    report = Report()
    keeping = Keeping(transport.forward, transport.spool_file, report)
    client = Client(transport, name=_program(), exit_timeout=EXIT_TIMEOUT, report=report, keeping=keeping)
    use(client)
    return client


def use(client: Client) -> None:
    """Make ``client`` the one that the program uses; the one before, if any, is closed."""
    global _current
    with _connecting:
        former, _current = _current, client
    if former is not None and former is not client:
        former.close()


def current() -> Client:
    """The client in use; connects as ``connect()`` does if there is none."""
    client = _current
    return connect() if client is None else client


def topic(name: str) -> Topic:
    """The topic of this name; raises Refused if it cannot be one."""
    return Topic(name, current)


def _program() -> str:
    path = sys.argv[0] if getattr(sys, "argv", None) else ""
    return path.replace("\\", "/").rpartition("/")[2] or "python"
