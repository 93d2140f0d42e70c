"""How much is kept: what ``quarterdeck.toml`` says, else what an admin has chosen, else the defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from quarterdeck.core.ops import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from quarterdeck.hub.accounts.records import Records

RETENTION, CHOSEN = "retention", "chosen"
_MOST = 1_000_000_000


class Limits(NamedTuple):
    """``runs`` a script, and as many failures besides; ``days`` that runs and series of logs are kept at most;
    ``log_days`` that logs stay at least, though their runs are gone.  0 for runs or days: all, for ever."""

    runs: int = 1000
    days: int = 0
    log_days: int = 7


DEFAULTS = Limits()


class Said(Protocol):
    """What the settings say; None where they say nothing."""

    @property
    def runs(self) -> int | None: ...
    @property
    def days(self) -> int | None: ...
    @property
    def log_days(self) -> int | None: ...


class Keep(Protocol):
    """Whoever knows the limits of now."""

    @property
    def limits(self) -> Limits: ...


class ChosenLimits:
    """The limits of a deck.  Belongs to the event loop."""

    def __init__(self, said: Said, records: Records) -> None:
        self._said = {name: getattr(said, name) for name in Limits._fields if getattr(said, name) is not None}
        self._records = records
        self._chosen: dict[str, int] = dict(records.records(RETENTION).get(CHOSEN) or {})

    @property
    def limits(self) -> Limits:
        """What holds now."""
        return DEFAULTS._replace(**{**self._chosen, **self._said})

    @property
    def origins(self) -> dict[str, str]:
        """Where each comes from: file, page or default."""
        return {
            name: "file" if name in self._said else "page" if name in self._chosen else "default"
            for name in Limits._fields
        }

    def proposed(self, changes: Mapping[str, Any]) -> Limits:
        """The limits as they would be; raises Refused."""
        for name, value in changes.items():
            if name not in Limits._fields:
                hint = f"Limits are: {', '.join(Limits._fields)}."
                raise Refused("bad-args", f"There is no limit {name!r} of what is kept.", hint)
            if type(value) is not int or not 0 <= value <= _MOST:
                raise Refused("bad-args", f"{name} = {value!r} is not a number from 0.", "Write a whole number.")
            if name in self._said and value != self._said[name]:
                message = f"retention.{name} is {self._said[name]} in quarterdeck.toml."
                raise Refused("conflict", message, "Change it there, or take it out of the file.")
        return self.limits._replace(**changes)

    async def change(self, changes: Mapping[str, Any]) -> None:
        """Keep other limits from now on; returns when that is durable.  Raises Refused."""
        self.proposed(changes)
        self._chosen.update(changes)
        await self._records.write({(RETENTION, CHOSEN): dict(self._chosen)})
