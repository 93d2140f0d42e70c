"""When a hook of a script runs: its schedule, its time zone, its jitter."""

from __future__ import annotations

import difflib
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from quarterdeck.core.schedule import SECOND, schedule_of, span
from quarterdeck.hub.mistake import Mistake
from quarterdeck.hub.schedules.calendars import BadCalendar
from quarterdeck.hub.schedules.cron import BadCron, Cron

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import tzinfo

    from quarterdeck.hub.schedules.calendars import Calendar, Calendars

SAME = ("every", "at", "aligned", "cron", "tz", "jitter")
"""The keys of a hook's plain form that say when it is due."""
RULES = ("timeout", "retries", "backoff", "catch_up", "overlap", "parallel", "skip")
"""Those that say how it runs."""
BACKOFF = 10 * SECOND
LONGEST_BACKOFF = 3600 * SECOND
PARALLEL = 4
PUNCTUAL = 5 * SECOND
LEAST_SLIP = SECOND
"""A run that starts within this time needs no catching up."""


class Schedule(Protocol):
    """What says when: ``core/schedule.py`` describes the methods, ``hub/schedules/cron.py`` has another one."""

    def is_like(self, other: Any, /) -> bool: ...
    def first(self, now: int, tz: tzinfo, /) -> int: ...
    def after(self, planned: int, tz: tzinfo, /) -> int: ...
    def latest(self, planned: int, now: int, tz: tzinfo, /) -> tuple[int, int]: ...
    def settle(self, planned: int, now: int, tz: tzinfo, /) -> int: ...
    def text(self) -> str: ...


class BadPlan(Mistake):
    """A hook that cannot be scheduled."""


class Plan:
    """``zone`` None: the deck's; spans in microseconds; ``catch_up`` None: a missed run is caught up however late.

    ``parallel``: how many runs go on at a time at most, where ``overlap`` is allow.
    """

    __slots__ = (
        "backoff",
        "calendars",
        "catch_up",
        "jitter",
        "overlap",
        "parallel",
        "retries",
        "schedule",
        "timeout",
        "zone",
    )

    def __init__(
        self,
        schedule: Schedule,
        *,
        zone: tzinfo | None = None,
        jitter: int = 0,
        timeout: int | None = None,
        retries: int = 0,
        backoff: int = BACKOFF,
        catch_up: int | None = None,
        overlap: str = "skip",
        parallel: int = PARALLEL,
        calendars: Sequence[Calendar] = (),
    ) -> None:
        self.schedule = schedule
        self.zone = zone
        self.jitter = jitter
        self.timeout = timeout
        self.retries = retries
        self.backoff = backoff
        self.catch_up = catch_up
        self.overlap = overlap
        self.parallel = parallel
        self.calendars = calendars

    def is_like(self, other: Plan) -> bool:
        """Whether the other one is due at the same times."""
        same = (str(self.zone), self.jitter) == (str(other.zone), other.jitter)
        return same and type(self.schedule) is type(other.schedule) and self.schedule.is_like(other.schedule)

    def due(self, script: str, hook: str, planned: int) -> int:
        """When the hook is really due that is planned for ``planned``: up to ``jitter`` later.

        It is the same after every restart, because only the names and the planned time decide it.
        """
        if not self.jitter:
            return planned
        digest = blake2b(f"{script} {hook} {planned}".encode(), digest_size=8).digest()
        return planned + int.from_bytes(digest, "big") % (self.jitter + 1)

    def following(self, planned: int, now: int, zone: tzinfo) -> int:
        """The first planned time after ``now``, in the rhythm of the planned time ``planned``."""
        return planned if planned > now else self.schedule.after(self.schedule.latest(planned, now, zone)[0], zone)

    def is_too_late(self, due: int, now: int) -> bool:
        """Whether a run that was due then is not to be caught up now."""
        return self.catch_up is not None and now - due > max(self.catch_up, PUNCTUAL)

    def is_slip(self, late: int) -> bool:
        """Whether a run that starts so late has slipped: by half an interval, but one second at least, five at most."""
        every = getattr(self.schedule, "every", None)
        return late > (PUNCTUAL if every is None else min(PUNCTUAL, max(LEAST_SLIP, every // 2)))

    def excludes(self, moments: Iterable[int], zone: tzinfo) -> str | None:
        """The words of the calendar that forbids a run at one of these moments; None if none does."""
        said = (calendar.excludes(moment, zone) for calendar in self.calendars for moment in moments)
        return next((words for words in said if words), None)

    def pause(self, attempt: int) -> int:
        """How long to wait after the attempt of this number (from 1) failed."""
        return pause_after(attempt, self.backoff)

    def text(self) -> str:
        """In words, for people."""
        words = [self.schedule.text()]
        words += [str(self.zone)] if self.zone is not None else []
        words += [f"up to {_one(span(self.jitter))} later"] if self.jitter else []
        words += [f"not on {' and '.join(each.name for each in self.calendars)}"] if self.calendars else []
        return ", ".join(words)


def pause_after(attempt: int, backoff: int) -> int:
    """Microseconds from the end of the attempt of this number (from 1) to the next one: twice as long each time."""
    return int(min(backoff * 2 ** min(attempt - 1, 40), max(backoff, LONGEST_BACKOFF)))


def plan_of(name: str, hook: Mapping[str, Any], calendars: Calendars | None = None) -> Plan:
    """The plan of the hook ``name`` from its plain form; raises BadPlan, which names the hook and the mend."""
    try:
        schedule: Schedule = Cron(str(hook["cron"])) if hook.get("cron") else schedule_of(dict(hook))
        skip = [calendars.get(str(each)) for each in hook.get("skip") or ()] if calendars else []
    except (BadCron, BadCalendar) as error:
        raise BadPlan(f"hook {name!r}: {error}", error.hint) from None
    except ValueError as error:
        raise BadPlan(f"hook {name!r}: {error}", "see docs/schedules.md for what a schedule takes") from None
    backoff = hook.get("backoff")
    return Plan(
        schedule,
        zone=_zone(name, hook.get("tz")),
        jitter=int(hook.get("jitter") or 0),
        timeout=hook.get("timeout"),
        retries=int(hook.get("retries") or 0),
        backoff=BACKOFF if backoff is None else int(backoff),
        catch_up=hook.get("catch_up"),
        overlap=str(hook.get("overlap") or "skip"),
        parallel=int(hook.get("parallel") or PARALLEL),
        calendars=skip,
    )


def _one(words: str) -> str:
    """``a second`` for ``second``; ``30 seconds`` stays."""
    return words if words[0].isdigit() else f"{'an' if words[0] == 'h' else 'a'} {words}"


def is_scheduled(hook: Mapping[str, Any]) -> bool:
    """Whether this plain form has a schedule at all; setup has none."""
    return bool(hook.get("cron")) or isinstance(hook.get("every"), int)


def _zone(name: str, said: Any) -> ZoneInfo | None:
    if said is None:
        return None
    try:
        return ZoneInfo(str(said))
    except (ZoneInfoNotFoundError, ValueError, OSError):  # by what is wrong with the name
        near = difflib.get_close_matches(str(said), available_timezones(), 1, 0.5)
        hint = f"did you mean {near[0]!r}?" if near else "write it like 'Europe/Berlin'"
        raise BadPlan(f"hook {name!r}: tz={said!r} names no time zone", hint) from None
