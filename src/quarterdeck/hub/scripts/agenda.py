"""Every hook of the deck that its schedule will start, and when it is due next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quarterdeck.hub.schedules.preview import Ahead

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import tzinfo

    from quarterdeck.hub.schedules.scheduler import Scheduler
    from quarterdeck.hub.scripts.script.script import Script


def agenda(scripts: Iterable[Script], scheduler: Scheduler, zone: tzinfo) -> list[Ahead]:
    """``zone`` is the deck's.  What is paused is not in it."""
    return [
        Ahead(script.name, hook, plan, plan.zone or zone, planned, script.durations.median_of(hook))
        for script in scripts
        for hook, (plan, planned) in scheduler.plans(script.name).items()
    ]
