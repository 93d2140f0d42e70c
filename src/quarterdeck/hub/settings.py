"""What ``quarterdeck.toml`` may say: everything optional, unknown keys an error that names the nearest known one."""

from __future__ import annotations

import difflib
import os
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import msgspec

from quarterdeck.errors import QuarterdeckError
from quarterdeck.hub.memory import NONE, parse_size

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FILE = "quarterdeck.toml"
_LOCALTIME = Path("/etc/localtime")
_SUGGESTED_PORTS = "a port is a number from 1 to 65535"


class SettingsError(QuarterdeckError):
    """The file says something that cannot be followed.  ``code`` is settings-syntax, settings-key or settings-value."""


class HubSettings(msgspec.Struct, frozen=True):
    """``[hub]``.  ``port`` None: 8080 or the next free one; ``tz`` None: the machine's; ``blob_mb``: of one;
    ``new_topics``: of one program's account a day, 0 for any number.

    ``url`` is where people reach the hub, for links that leave it; None: where this machine does.
    """

    host: str = "127.0.0.1"
    hosts: tuple[str, ...] = ()
    port: int | None = None
    apps_port: int | None = None
    apps_domain: str | None = None
    url: str | None = None
    tz: str | None = None
    webhook: str | None = None
    blob_mb: int = 100
    new_topics: int = 100_000

    @property
    def names(self) -> tuple[str, ...]:
        """The host names by which the hub may be reached, beside its own."""
        named = urlsplit(self.url or "").hostname
        return (*self.hosts, *filter(None, [named]))


class RetentionSettings(msgspec.Struct, frozen=True):
    """``[retention]``: see ``hub/retention/limits.py``; what is None here, admins choose on the page."""

    runs: int | None = None
    days: int | None = None
    log_days: int | None = None


class ScriptSettings(msgspec.Struct, frozen=True):
    """``[script.NAME]``: what overrides the script's code.  ``python`` None: what its block asks for, or the hub's."""

    enabled: bool = True
    python: str | None = None
    memory: str | None = None


class LimitSettings(msgspec.Struct, frozen=True):
    """``[limits]``: of every script, unless its own settings say otherwise."""

    memory: str = NONE


class AppSettings(msgspec.Struct, frozen=True):
    """``[app.NAME]``: what overrides the app's ``app.toml``."""

    enabled: bool = True


class Settings(msgspec.Struct, frozen=True):
    """All of ``quarterdeck.toml``.  ``calendars``: file by name, relative to the deck."""

    hub: HubSettings = HubSettings()
    retention: RetentionSettings = RetentionSettings()
    limits: LimitSettings = LimitSettings()
    script: dict[str, ScriptSettings] = {}
    app: dict[str, AppSettings] = {}
    calendars: dict[str, str] = {}

    @property
    def zone(self) -> ZoneInfo:
        """The time zone that rules schedules and days."""
        return ZoneInfo(self.hub.tz or machine_zone())

    def enabled(self, script: str) -> bool:
        """Whether the script is to run at all."""
        return self.script.get(script, ScriptSettings()).enabled

    def memory(self, script: str) -> int | None:
        """How many bytes of memory a script's worker may use, with what it starts; None without a limit."""
        return parse_size(self.script.get(script, ScriptSettings()).memory or self.limits.memory)

    def python(self, script: str) -> str | None:
        """The interpreter that is chosen for a script: a path, or a version; None if none is."""
        return self.script.get(script, ScriptSettings()).python or None


def read_settings(folder: Path) -> Settings:
    """The settings of the deck in ``folder``; the defaults if it has no file.  Raises SettingsError."""
    path = folder / FILE
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"{path} is not TOML: {error}."
        raise SettingsError("settings-syntax", message, "See https://toml.io for its form.") from None
    return parse_settings(said, path)


def parse_settings(said: Mapping[str, Any], path: Path) -> Settings:
    """Settings from what the file says; raises SettingsError that names the key."""
    for key, known in _unknown_keys(said):
        near = difflib.get_close_matches(key, known, 1, 0.4)
        hint = f"Did you mean {near[0]}?" if near else f"Known are: {', '.join(known) or 'none here'}."
        raise SettingsError("settings-key", f"{path} has the unknown key {key}.", hint)
    try:
        settings = msgspec.convert(said, Settings)
    except msgspec.ValidationError as error:
        hint = "See docs/reference.md for what each setting takes."
        raise SettingsError("settings-value", f"{path}: {error}.", hint) from None
    _check(settings, path)
    return settings


def _unknown_keys(said: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    tables: dict[str, type[msgspec.Struct]] = {
        "hub": HubSettings,
        "retention": RetentionSettings,
        "limits": LimitSettings,
    }
    named: dict[str, type[msgspec.Struct]] = {"script": ScriptSettings, "app": AppSettings}
    for key, value in said.items():
        if key not in tables and key not in named and key != "calendars":
            yield key, [*tables, *named, "calendars"]
        elif not isinstance(value, dict) or key == "calendars":
            continue  # the conversion says it better
        elif key in tables:
            yield from _unknown_in(key, value, tables[key])
        else:
            for name, table in value.items():
                if isinstance(table, dict):
                    yield from _unknown_in(f"{key}.{name}", table, named[key])


def _unknown_in(place: str, said: Mapping[str, Any], known: type[msgspec.Struct]) -> Iterator[tuple[str, list[str]]]:
    fields = list(known.__struct_fields__)
    yield from ((f"{place}.{key}", [f"{place}.{field}" for field in fields]) for key in said if key not in fields)


def _check(settings: Settings, path: Path) -> None:
    for name in ("port", "apps_port"):
        port = getattr(settings.hub, name)
        if port is not None and not 1 <= port <= 65535:
            raise SettingsError("settings-value", f"{path}: hub.{name} is {port}.", f"{_SUGGESTED_PORTS.capitalize()}.")
    if settings.hub.tz is not None and not _is_zone(settings.hub.tz):
        near = difflib.get_close_matches(settings.hub.tz, available_timezones(), 1, 0.5)
        hint = f"Did you mean {near[0]}?" if near else 'Write it like "Europe/Berlin".'
        raise SettingsError("settings-value", f"{path}: hub.tz names no time zone.", hint)
    if settings.hub.new_topics < 0:
        message = f"{path}: hub.new_topics is {settings.hub.new_topics}."
        raise SettingsError("settings-value", message, "Write 0 (any number) or more.")
    if settings.hub.blob_mb < 1:
        raise SettingsError("settings-value", f"{path}: hub.blob_mb is {settings.hub.blob_mb}.", "Write 1 or more.")
    for name in ("url", "webhook"):
        _check_address(name, getattr(settings.hub, name), path)
    for place, size in _sizes(settings):
        try:
            parse_size(size)
        except ValueError as error:
            hint = 'Write it like "500 MB" or "2 GiB", or "none".'
            raise SettingsError("settings-value", f"{path}: {place}: {error}.", hint) from None
    for name in ("runs", "days", "log_days"):
        if (getattr(settings.retention, name) or 0) < 0:
            raise SettingsError("settings-value", f"{path}: retention.{name} is negative.", "Write 0 or more.")


def _check_address(name: str, address: str | None, path: Path) -> None:
    """Says what is wrong without the address: a webhook's is a secret."""
    if address is None:
        return
    try:
        parts = urlsplit(address)
        well = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        parts, well = None, False
    if not well or not address.isprintable() or " " in address:
        hint = 'Write it whole, like "https://chat.example.org/hooks/abc".'
        raise SettingsError("settings-value", f"{path}: hub.{name} is no address of the web.", hint)
    if parts is not None and parts.username is not None:
        raise SettingsError("settings-value", f"{path}: hub.{name} has a user in it.", "Leave out what ends with @.")


def _sizes(settings: Settings) -> Iterator[tuple[str, str]]:
    yield "limits.memory", settings.limits.memory
    for name, script in settings.script.items():
        if script.memory is not None:
            yield f"script.{name}.memory", script.memory


def machine_zone() -> str:
    """The name of the machine's time zone; UTC if it cannot be known."""
    named = os.environ.get("TZ", "").removeprefix(":")
    target = os.path.realpath(_LOCALTIME).partition("zoneinfo/")[2].removeprefix("posix/")
    return next((name for name in (named, target) if name and _is_zone(name)), "UTC")


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # by what is wrong with the name
        return False
    return True
