"""The keys of ``monitor.config``: one line each, with how its text is read, its default, and what it means.

A new key is one more line of ``Keys``: ``some_number = Key(whole(1, 9), 5, "what it is for")`` is SOME_NUMBER in the
file and in the environment, and ``config.some_number``, an int, in the code, which may also set it.
docs/configuration.md has a row for each; a test compares.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, overload

from quarterdeck.sdk.services.configuration import readings

if TYPE_CHECKING:
    from collections.abc import Callable

    from quarterdeck.sdk.services.configuration.readings import Colors

T = TypeVar("T")


class Said(Protocol):
    """What has been said, for keys to look it up."""

    def said(self, key: Key[T], /) -> T: ...
    def say(self, key: Key[T], value: T, /) -> None: ...


class Key(Generic[T]):
    """One key, and the attribute that it is: ``read`` makes its value of a text, or raises ValueError with the mend.

    ``aliases`` are names that it has had elsewhere; the value of a ``secret`` one is in no message.
    """

    name: str

    def __init__(
        self,
        read: Callable[[str], T],
        default: T,
        meaning: str,
        *,
        aliases: tuple[str, ...] = (),
        secret: bool = False,
    ) -> None:
        self.read = read
        self.default = default
        self.meaning = meaning
        self.aliases = aliases
        self.secret = secret

    def __set_name__(self, owner: type, attribute: str) -> None:
        self.name = attribute.upper()

    @overload
    def __get__(self, config: None, owner: type) -> Key[T]: ...
    @overload
    def __get__(self, config: Said, owner: type) -> T: ...
    def __get__(self, config: Said | None, owner: type) -> T | Key[T]:
        return self if config is None else config.said(self)

    def __set__(self, config: Said, value: T) -> None:
        config.say(self, value)


class Keys:
    """All of them."""

    app_version = Key(readings.text, "1.0", "the version of the service, as text")
    git: Key[str | None] = Key(readings.path, None, "its .git folder: the version is the commit")
    custom_link = Key(readings.link, "dashboard", "where the dashboard is in the application")
    monitor_level = Key(readings.whole(0, 3), 2, "the level at which endpoints are monitored from the start")
    exclude: Key[tuple[str, ...]] = Key(readings.patterns, (), "endpoints that are not monitored")
    keep_ips = Key(readings.truth, True, "whether it is kept from which addresses requests come")
    outlier_detection_constant = Key(
        readings.number(1, 1000),
        2.5,
        "an outlier takes longer than this times the average of its endpoint",
        aliases=("OUTlIER_DETECTION_CONSTANT",),
    )
    sampling_period = Key(
        readings.whole(1, 10_000), 5, "milliseconds between two samples of the profiler", aliases=("SAMPLING_RATE",)
    )
    username = Key(readings.text, "admin", "the name of the admin that PASSWORD makes")
    password: Key[str | None] = Key(readings.text, None, "the password of that admin", secret=True)
    guest_username = Key(readings.text, "guest", "the name of the guest that GUEST_PASSWORD makes")
    guest_password: Key[tuple[str, ...]] = Key(
        readings.texts, (), "the passwords of that guest: one, or a list", secret=True
    )
    database: Key[str | None] = Key(
        readings.folder_of_database, None, "a SQLite file, whose folder is the deck", secret=True
    )
    brand_name: Key[str | None] = Key(readings.text, None, "what the page calls the deck")
    title_name: Key[str | None] = Key(readings.text, None, "the same, where there is no BRAND_NAME")
    colors: Key[Colors] = Key(readings.colors, {}, "colours of endpoints")
    test_dir: Key[str | None] = Key(readings.path, None, "the folder of the tests that are collected")
    n = Key(readings.whole(1, 10_000), 1, "how often each test is run")
    submit_results_url: Key[str | None] = Key(readings.url, None, "where the results of the tests are sent")


KEYS: dict[str, Key[Any]] = {key.name: key for key in vars(Keys).values() if isinstance(key, Key)}
"""Every key by its name."""

NAMED: dict[str, Key[Any]] = {
    name: key for key in KEYS.values() for name in (key.name, *(alias.upper() for alias in key.aliases))
}
"""Every key by its name and by its aliases; files may write them small."""

_ALARMS = "Quarterdeck tells of failures by a webhook: [hub] webhook in quarterdeck.toml"
_LOOKS = "the page has one look"

IDLE: dict[str, str] = {
    "BLUEPRINT_NAME": "the dashboard is no blueprint",
    "ENABLE_LOGGING": "what goes wrong is always said on standard error",
    "DESCRIPTION": _LOOKS,
    "SHOW_LOGIN_BANNER": _LOOKS,
    "SHOW_LOGIN_FOOTER": _LOOKS,
    "SECURITY_TOKEN": "tokens are made where the hub runs: quarterdeck token new",
    "TABLE_PREFIX": "a deck shares its database with nobody",
    "TIMEZONE": "times are shown in the zone of whoever looks",
    **dict.fromkeys(
        (
            *("ENABLED", "TYPE", "SMTP_HOST", "SMTP_PORT", "SMTP_USER", "SMTP_PASSWORD", "SMTP_TO", "CHAT_PLATFORM"),
            *("CHAT_WEBHOOK_URL", "GITHUB_TOKEN", "REPOSITORY_OWNER", "REPOSITORY_NAME"),
        ),
        _ALARMS,
    ),
}
"""Keys of Flask-MonitoringDashboard that have no effect here, and why."""
