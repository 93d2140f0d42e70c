"""``monitor.config``: what a service says of itself, from a file, from the environment, or in code.

The file is an INI file with the sections and keys of Flask-MonitoringDashboard.  Each key may stand in the environment
under the same name; the file holds where both say something.
"""

from __future__ import annotations

import configparser
import difflib
import os

from quarterdeck.sdk.report import Report
from quarterdeck.sdk.services.revision import revision

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

ENVIRONMENT = "DASHBOARD_CONFIG"
KEYS = {"APP_VERSION": "the version of the service, as text", "GIT": "its .git folder: the version is the commit"}
_COMING = (
    "CUSTOM_LINK USERNAME PASSWORD GUEST_USERNAME GUEST_PASSWORD DATABASE TEST_DIR N SUBMIT_RESULTS_URL COLORS",
    "OUTLIER_DETECTION_CONSTANT BLUEPRINT_NAME MONITOR_LEVEL SAMPLING_PERIOD ENABLE_LOGGING BRAND_NAME TITLE_NAME",
    "DESCRIPTION SHOW_LOGIN_BANNER SHOW_LOGIN_FOOTER SECURITY_TOKEN TABLE_PREFIX TIMEZONE",
)
COMING = frozenset(" ".join(_COMING).split())
"""Keys of Flask-MonitoringDashboard that are read and have no effect here."""


class Config:
    """One of them, ``monitor.config``, is the program's."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._environment = environment
        self._values: dict[str, str] = {}
        self._report = Report()

    def from_file(self, path: str | None = None) -> None:
        """Read a file; the environment's DASHBOARD_CONFIG holds before ``path``.

        Unknown keys are named in a warning.  FileNotFoundError if the file is not there, ValueError if it is no INI.
        """
        named = self._environment.get(ENVIRONMENT) or path
        if named is None:
            return
        parser = configparser.RawConfigParser()
        parser.optionxform = str  # type: ignore[assignment,method-assign]
        try:
            with open(named, encoding="utf-8") as file:
                parser.read_file(file)
        except configparser.Error as error:
            raise ValueError(f"{named} cannot be read as a configuration: {error}") from error
        for section in parser.sections():
            for key, value in parser.items(section):
                self._take(named, key, value)

    def version(self) -> str:
        """The version that requests are counted for: the commit of GIT, else APP_VERSION, else "1.0"."""
        git = self._said("GIT")
        found = revision(git) if git else None
        if git and found is None:
            self._report("monitor", f"GIT={git} is no git repository with a commit; the version is APP_VERSION's")
        return found or self._said("APP_VERSION") or "1.0"

    def _said(self, key: str) -> str:
        return self._values.get(key) or self._environment.get(key, "")

    def _take(self, file: str, key: str, value: str) -> None:
        if key in KEYS:
            self._values[key] = value
        elif key in COMING:
            self._report("monitor", f"{file}: {key} has no effect in Quarterdeck so far")
        else:
            near = difflib.get_close_matches(key.upper(), [*KEYS, *COMING], 1)
            hint = f"; {near[0]} is the nearest known key" if near else ""
            self._report("monitor", f"{file}: {key} is no key of the configuration{hint}")


config = Config()
