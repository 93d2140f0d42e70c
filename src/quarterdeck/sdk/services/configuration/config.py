"""``monitor.config``: what a service says of itself, from a file, from the environment, or in code.

The file is an INI file with the sections and keys of Flask-MonitoringDashboard (``keys.py`` has them all).  Each key
may stand in the environment under the same name; the file holds where both say something, and code where it sets one
after that.  Nothing here raises: what cannot be followed is said on standard error, and the default holds.
"""

from __future__ import annotations

import configparser
import difflib
import os
from typing import TYPE_CHECKING, Any, TypeVar

from quarterdeck.sdk.report import Report
from quarterdeck.sdk.services.configuration.keys import IDLE, KEYS, NAMED, Keys
from quarterdeck.sdk.services.configuration.revision import revision

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from quarterdeck.sdk.services.configuration.keys import Key

T = TypeVar("T")
ENVIRONMENT = "DASHBOARD_CONFIG"
_MOST_LINES = 50
_LONGEST = 200


class Config(Keys):
    """One of them, ``monitor.config``, is the program's.

    ``get_group_by`` says who asks: a value, a function without arguments, or a tuple or list of such; ``get_ip`` is a
    function without arguments that says from where.  Both None: nobody is told apart, and the server's word holds.
    """

    get_group_by: Any = None
    get_ip: Callable[[], str] | None = None

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._environment = environment
        self._values: dict[str, Any] = {}
        self._report = Report(most=_MOST_LINES)

    def from_file(self, path: str | None = None) -> None:
        """Read a file; the environment's DASHBOARD_CONFIG holds before ``path``.

        A file that cannot be read, a value that cannot be followed, a key that is unknown or without effect: each is a
        warning that says the mend.
        """
        named = self._environment.get(ENVIRONMENT) or path
        if named is None:
            return
        for key, value in _entries(os.fspath(named), self._warn):
            self._take(f"{named}: ", key, value)

    def init_from(self, file: str | None = None, envvar: str | None = None, log_verbose: bool = False) -> None:
        """The same, by the name and arguments that Flask-MonitoringDashboard has today; ``envvar`` names the file."""
        self.from_file(self._environment.get(envvar) if envvar else file)

    def inject_dependencies(self, get_ip: Callable[[], str] | None = None) -> None:
        """Set ``get_ip``, as Flask-MonitoringDashboard has it today."""
        self.get_ip = get_ip

    @property
    def group_by(self) -> Any:
        """``get_group_by``, as Flask-MonitoringDashboard calls it today."""
        return self.get_group_by

    @group_by.setter
    def group_by(self, value: Any) -> None:
        self.get_group_by = value

    @property
    def version(self) -> str:
        """The version that requests are counted for: what code sets, else the commit of GIT, else APP_VERSION."""
        git = self.git
        found = revision(git) if git else None
        if git and found is None:
            self._warn(f"GIT={git} is no git repository with a commit; the version is APP_VERSION's")
        return found or self.app_version

    @version.setter
    def version(self, value: str) -> None:
        self.app_version = value
        self._values["GIT"] = None  # also where the environment names one

    # --- what keys ask

    def said(self, key: Key[T]) -> T:
        """The value of a key."""
        if key.name in self._values:
            found: T = self._values[key.name]
            return found
        for name in (key.name, *key.aliases):
            if text := self._environment.get(name, "").strip():
                return self._read("the environment: ", key, text)
        return key.default

    def say(self, key: Key[T], value: T) -> None:
        """Code sets a key: it is read as it would stand in the file, so that a text is no list of letters."""
        text = (repr if isinstance(value, list | tuple | dict) else str)(value).strip()
        if value is None or not text:
            self._values.pop(key.name, None)
        else:
            self._values[key.name] = self._read("code: ", key, text)

    # ---

    def _read(self, where: str, key: Key[T], text: str) -> T:
        try:
            return key.read(text)
        except ValueError as error:
            shown = "..." if key.secret else text[:_LONGEST]
            self._warn(f"{where}{key.name}={shown} cannot be followed: {error}")
            return key.default

    def _take(self, where: str, name: str, text: str) -> None:
        key = NAMED.get(name.upper())
        if key is not None:
            if text.strip():
                self._values[key.name] = self._read(where, key, text.strip())
        elif name.upper() in IDLE:
            self._warn(f"{where}{name} has no effect in Quarterdeck: {IDLE[name.upper()]}")
        else:
            near = difflib.get_close_matches(name.upper(), [*KEYS, *IDLE], 1)
            hint = f"; {near[0]} is the nearest known key" if near else ""
            self._warn(f"{where}{name} is no key of the configuration{hint}")

    def _warn(self, message: str) -> None:
        self._report("monitor", message)


def _entries(file: str, warn: Callable[[str], None]) -> list[tuple[str, str]]:
    """All keys of all sections with their texts; none of a file that cannot be read."""
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    try:
        with open(file, encoding="utf-8-sig") as opened:
            parser.read_file(opened)
    except configparser.MissingSectionHeaderError:
        warn(f"{file} cannot be read as a configuration: its first line has to be a section, like [dashboard]")
        return []
    except configparser.Error as error:
        warn(f"{file} cannot be read as a configuration: {' '.join(str(error).split())}")
        return []
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is no UTF-8 text"
        warn(f"the configuration {file} cannot be read: {why}; name one that can, or set {ENVIRONMENT}")
        return []
    return [entry for section in parser.sections() for entry in parser.items(section)]


config = Config()
