"""Where the hub of this program's services is: one that was found, or one that their first request starts beside.

Found is what the program, QUARTERDECK_URL or this user's running hub names; unless the configuration names a DATABASE,
whose folder is the deck.  Else the deck is a folder of this user's, by the name of the program's first service, and its
hub is started when somebody comes, by whichever process comes first.  It belongs to none of them.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time

from quarterdeck.core.topics import segment
from quarterdeck.sdk import default
from quarterdeck.sdk.dashboard.accounts import give, given_users, warn_of_short_passwords
from quarterdeck.sdk.dashboard.ofdeck import DeckTransport
from quarterdeck.sdk.dashboard.starting import HubError, Started
from quarterdeck.sdk.discovery import deck_file, listens, of_deck, state_folder, usual_hub
from quarterdeck.sdk.forks import at_fork
from quarterdeck.sdk.report import Report, say
from quarterdeck.sdk.services.configuration.config import config
from quarterdeck.sdk.transport import Denied

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

AWAY = "The hub of this dashboard is away."
STARTING = "The dashboard is starting."
_SOON, _LATEST = 1.0, 60.0
"""Seconds between two attempts to start a hub: they double."""
_PATIENCE = 2.0
_STEADY = 30.0
"""A hub that has lived for so many seconds may be started again at once."""
_TESTS = "PYTEST_CURRENT_TEST"
"""In the environment of a test and of what it starts: that is to leave no process behind."""
_report = Report()


class Home:
    """Of this program.  ``want`` and ``where`` may be called from any thread, wait for nothing, and never raise."""

    def __init__(self) -> None:
        self.service = ""
        self.address = ""
        self.trouble = ""
        self._folder: str | None = None
        self._decided = False
        self.forked()

    def forked(self) -> None:
        """In a forked child: what the parent is about to do, it does by itself."""
        self._lock = threading.Lock()
        self._busy = self._given = False
        self._again = 0.0
        self._wait = _SOON

    @property
    def starts(self) -> bool:
        """Whether it is ours to start a hub."""
        return self._decided and self._folder is not None

    def where(self) -> tuple[str, str] | None:
        """The address of the hub, and a token for it; None while there is none."""
        try:
            if self._deck() is None:
                url, token = default.current().find()
                return url, token or ""
        except (Denied, OSError):
            return None
        found = _living(self._folder or "")
        if not found:
            return None
        self.trouble = ""
        return found["url"], found.get("producer") or ""

    def want(self) -> None:
        """Somebody needs the hub: see to it, in the background, that it is there."""
        try:
            folder = self._deck()
            with self._lock:
                if folder is None or self._busy or time.monotonic() < self._again:
                    return
                if self._given and _living(folder):
                    return
                self._busy = True
            threading.Thread(target=self._see_to_it, args=(folder,), name="quarterdeck-starting", daemon=True).start()
        except Exception as error:  # no further thread, as the program ends; a file that cannot be read
            self._busy = False
            self._failed(error)

    def lost(self) -> None:
        """Nobody listens where the hub should be; it has died, and its files cannot say so."""
        with self._lock:
            self._given = False

    # ---

    def _deck(self) -> str | None:
        """The folder of our deck; None if the hub is one that was found.  Decided with the first request."""
        with self._lock:
            if not self._decided:
                self._folder = self._choose()
                self._decided = True
                if self._folder is not None:
                    default.use(default.client_over(DeckTransport(self._folder)))
                elif config.password or config.guest_password:
                    _report("dashboard", "PASSWORD and GUEST_PASSWORD make no accounts: the hub in use has its own")
        return self._folder

    def _choose(self) -> str | None:
        if os.environ.get("QUARTERDECK_URL") or default.is_chosen() or _TESTS in os.environ:
            return None
        if config.database is not None:
            return config.database
        own = os.path.join(state_folder(), "services", segment(self.service)[:100])
        # All processes of an application choose the same: one that has begun with its own stays there.
        return own if _living(own) or not usual_hub() else None

    def _see_to_it(self, folder: str) -> None:
        try:
            found = _living(folder)
            if found and listens(found["url"], _PATIENCE):
                users = given_users(config)
                warn_of_short_passwords(users, give(found["url"], found.get("token") or "", users))
                self._given = True
            else:
                self._start(folder)
        except Exception as error:  # whatever it is, the program goes on
            self._failed(error)
        finally:
            self._busy = False

    def _start(self, folder: str) -> None:
        with _alone(folder) as alone:
            if not alone or _living(folder):  # another one starts it, or has just started it
                return
            users = given_users(config)
            told = {"name": config.brand_name or config.title_name, "users": users}
            hub = Started("--embedded", folder, told=json.dumps(told).encode())
        began = time.monotonic()
        self._given, self.trouble = True, ""
        warn_of_short_passwords(users, hub.said.get("given", []))
        self._say_link(hub.said.get("link"))
        hub.let_go()
        threading.Thread(target=self._outlive, args=(hub, began), name="quarterdeck-hub", daemon=True).start()

    def _outlive(self, hub: Started, began: float) -> None:
        """A child that has ended has to be waited for, or it looks alive."""
        hub.process.wait()
        self._given = False
        if time.monotonic() - began < _STEADY:
            self._put_off()
        else:
            self._wait = _SOON

    def _say_link(self, link: str | None) -> None:
        if link:
            shown = f"{self.address}/login#{link.partition('#')[2]}" if self.address else link
            say(f"Quarterdeck: log in, once, within 15 minutes: {shown}")

    def _failed(self, error: Exception) -> None:
        if not (isinstance(error, HubError) and error.code == "locked"):  # another one is just starting, or ending
            self.trouble = str(error)
            _report("dashboard", self.trouble)
        self._put_off()

    def _put_off(self) -> None:
        self._again = time.monotonic() + self._wait
        self._wait = min(2 * self._wait, _LATEST)


@contextlib.contextmanager
def _alone(folder: str) -> Iterator[bool]:
    """Whether no other process is starting the hub of this deck: each would load all of it, only to find it locked."""
    run = os.path.dirname(deck_file(folder))
    os.makedirs(folder, mode=0o700, exist_ok=True)
    os.makedirs(run, mode=0o700, exist_ok=True)
    try:
        import fcntl  # systems without it make do with the lock of the deck's store
    except ModuleNotFoundError:
        yield True
        return
    with open(os.path.join(run, "starting"), "w", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def _living(folder: str) -> dict[str, Any]:
    try:
        return of_deck(folder)
    except (Denied, OSError) as error:
        _report("dashboard", str(error))
        return {}


home = Home()
at_fork(in_child=home.forked)
